import Testing

extension Installation {
    /// Waits until every order is at its end and nobody has anything left to say.
    func settle(within limit: Duration = .seconds(90)) async throws {
        var last = ""
        do {
            try await eventuallyTrue("an end of everything", within: limit) {
                let (server, sandbox) = (try books(), try await SandboxBooks(control))
                last = """
                    \(server.openOrders) orders, \(server.pendingEffects) effects, \(server.deadLetters) dead letters, \
                    \(sandbox.parcelsUnderWay) parcels, \(sandbox.messagesWaiting) reports open
                    """
                return server.openOrders == 0 && server.pendingEffects == 0 && sandbox.parcelsUnderWay == 0
                    && sandbox.messagesWaiting == 0
            }
        } catch {
            throw Failure("\(error): \(last)\n\(try await unsettled())")
        }
    }

    /// What is known of the orders that have not come to their end.
    private func unsettled() async throws -> String {
        let (server, sandbox) = (try books(), try await SandboxBooks(control))
        var lines: [String] = []
        for order in server.orders.filter({ !$0.isTerminal }).prefix(5) {
            let timeline = try await shop.get("/v1/orders/\(order.id)/events")
            lines.append("\(order.id) in state \(order.state): \(timeline.status) \(timeline.text.suffix(3000))")
        }
        let waiting = server.shipments.filter { $0.label == 3 || $0.label < 3 }.suffix(200)
        let byShipment = Dictionary(grouping: sandbox.labels, by: \.shipmentID)
        for shipment in waiting
        where byShipment[shipment.id]?.contains(where: {
            $0.trackingNumber == shipment.trackingNumber
        }) != true {
            lines.append("\(shipment) has labels \(byShipment[shipment.id] ?? [])")
        }
        let audit = try await Program.run(["audit"] + place, in: folder, within: .seconds(60))
        return (lines + ["differences: \(Reconciliation(server, sandbox).differences)", audit.output])
            .joined(separator: "\n")
    }

    /// Stops the server; then every invariant holds, every acknowledged order is there, and all books agree.
    @discardableResult
    func expectEverythingOnce(
        _ shoppers: Shoppers, _ receiver: WebhookReceiver? = nil
    ) async throws -> (ServerBooks, SandboxBooks) {
        let sandbox = try await SandboxBooks(control)
        try await stopServer()
        try await expectCleanAudit()
        let server = try books()
        var reconciliation = Reconciliation(server, sandbox)
        try reconciliation.compareMails(in: "\(dataPath)/mail")
        if let receiver { reconciliation.compareWebhooks(receiver.messages) }
        #expect(reconciliation.differences == [])
        #expect(shoppers.refusals == [])
        #expect(server.orders.count == shoppers.acknowledged.count)
        #expect(Set(server.orders.map(\.id)) == Set(shoppers.acknowledged.values))
        return (server, sandbox)
    }
}
