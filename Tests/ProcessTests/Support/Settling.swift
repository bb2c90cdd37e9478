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
            throw Failure("\(error): \(last)")
        }
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
