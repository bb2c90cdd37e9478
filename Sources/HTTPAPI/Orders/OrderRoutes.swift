import Hummingbird
import Kernel
import Orders
import OrdersService

/// Orders: placing, looking at, cancelling.
enum OrderRoutes {
    static func all(_ services: APIServices) -> [Route] {
        [
            .get("/v1/orders", .scope(.ordersRead)) { call async throws(Problem) in try await list(call, services) },
            .get("/v1/orders/{id}", .scope(.ordersRead)) { call async throws(Problem) in
                try await get(call, services)
            },
            .post("/v1/orders", .scope(.ordersWrite)) { call async throws(Problem) in
                try await place(call, services)
            },
            .post("/v1/orders/{id}/cancel", .scope(.ordersWrite)) { call async throws(Problem) in
                try await cancel(call, services)
            },
            .post("/v1/orders/{id}/cancel-units", .scope(.ordersWrite)) { call async throws(Problem) in
                try await cancelUnits(call, services)
            },
            .delete("/v1/orders/{id}/recipient", .scope(.ordersWrite)) { call async throws(Problem) in
                try await eraseRecipient(call, services)
            },
        ]
    }

    /// The newest first. `number` finds the one that the caller's key placed under the shop's own number, `q` asks the
    /// index.
    private static func list(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        var query = call.query
        if let text = query.text("q") { return try await SearchRoutes.find(text, call, services) }
        let page = query.page()
        let state = query.parsed("status", "one of \(stateNames)") { OrderState(name: $0) }
        let number = query.text("number")
        try query.finish()
        let client = call.caller?.keyID.rawValue ?? 0
        let views = try await services.orders.reads.ask { database throws(Fault) in
            if let number {
                return try OrdersQueries.order(client: client, number: number, database).map { [$0] } ?? []
            }
            return try OrdersQueries.orders(state: state, after: page.afterID(), limit: page.limit, database)
        }
        let publicURL = services.configuration.publicURL
        return .list(views, page, call: call, key: { [$0.order.id.rawValue] }) { json, view in
            OrderDocument.summary(view.order, &json, publicURL)
        }
    }

    private static let stateNames = OrderState.allCases.map(\.name).joined(separator: ", ")

    private static func get(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        let id = try call.id("id", OrderKind.self, "order")
        try call.query.finish()
        guard let document = try await OrderDocument.read(id, services) else { throw .notFound("order") }
        return .json(200, document)
    }

    /// Places an order. With `Prefer: wait=N` the answer waits until stock is reserved or not, N seconds at most.
    private static func place(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        let order = try OrderReading.read(call)
        let publicURL = services.configuration.publicURL
        let performed = try await call.outcome(of: .placeOrder(order), by: services.orders.mailbox) { reply in
            receiptAnswer(201, reply, publicURL)
        }
        switch performed {
        case .replayed(let kept):
            let answer = call.idempotency.flatMap(services.latestAnswers.find) ?? kept
            return answer.reply.with(.idempotentReplayed, "true")
        case .done(let reply, let answer):
            guard let wait = call.wait, case .placed(let receipt) = reply else { return answer.reply }
            return try await decided(receipt, wait, answer, call, services)
        }
    }

    private static func decided(
        _ receipt: OrderReceipt, _ wait: Int, _ answer: StoredAnswer, _ call: Call, _ services: APIServices
    ) async throws(Problem) -> Reply {
        let decision = await services.orderWatch.waitForDecision(on: receipt.id, atMost: .seconds(wait))
        guard let decision else { return answer.reply.with(.preferenceApplied, "wait=\(wait)") }
        guard let document = try await document(receipt, decision, services) else { return answer.reply }
        let decided = StoredAnswer(201, location: answer.location, document)
        if let key = call.idempotency { services.latestAnswers.keep(decided, under: key) }
        return decided.reply.with(.preferenceApplied, "wait=\(wait)")
    }

    /// Of what was reserved, from what is at hand: it is durable, and Orders will note just this. A rejection ends the
    /// order, which only Orders can say.
    private static func document(
        _ receipt: OrderReceipt, _ decision: OrderWatch.Decision, _ services: APIServices
    ) async throws(Problem) -> [UInt8]? {
        guard let placed = receipt.view, case .reserved(let reserved, let time) = decision else {
            return try await OrderDocument.read(receipt.id, services)
        }
        do throws(Fault) {
            let publicURL = services.configuration.publicURL
            return OrderDocument.write(try placed.noting(reserved, at: time), publicURL: publicURL)
        } catch {
            throw Problem(error)
        }
    }

    private static func cancel(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        let id = try call.id("id", OrderKind.self, "order")
        let body = try call.object()
        let reason = body.string("reason", required: false, length: 1...200)
        body.finish()
        guard body.isValid else { throw body.problem }
        let command = CancelOrder(orderID: id, reason: reason ?? "customer")
        return try await perform(
            .cancelOrder(command),
            Audited("cancel_order", id.text, reason: command.reason, before: Audited.order(id)), call, services)
    }

    private static func cancelUnits(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        let id = try call.id("id", OrderKind.self, "order")
        let body = try call.object()
        let reason = body.string("reason", required: false, length: 1...200)
        let lines = body.objects("lines", count: PlaceOrder.lineCount) { element -> CancelUnits.Line? in
            let quantity = element.int("quantity", required: false, in: PlaceOrder.quantity)
            return element.int("line", in: PlaceOrder.lineCount).map { CancelUnits.Line(line: $0, quantity: quantity) }
        }
        body.finish()
        guard body.isValid, let lines else { throw body.problem }
        let command = CancelUnits(orderID: id, lines: lines, reason: reason ?? "customer")
        return try await perform(
            .cancelUnits(command),
            Audited("cancel_units", id.text, reason: command.reason, before: Audited.order(id)), call, services)
    }

    /// A cancellation is accepted for decision: Warehouse has the last word.
    private static func perform(
        _ command: OrdersCommand, _ audit: Audited, _ call: Call, _ services: APIServices
    ) async throws(Problem) -> Reply {
        let publicURL = services.configuration.publicURL
        return try await call.perform(command, by: services.orders.mailbox, audit: audit) { reply in
            receiptAnswer(202, reply, publicURL)
        }
    }

    /// Forgets name, address and e-mail; what was ordered stays.
    private static func eraseRecipient(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        let id = try call.id("id", OrderKind.self, "order")
        let audit = Audited("erase_recipient", id.text)
        return try await call.perform(.eraseRecipient(id), by: services.orders.mailbox, audit: audit) { _ in
            StoredAnswer(204, [])
        }
    }

    private static func receiptAnswer(_ status: Int, _ reply: OrdersReply, _ publicURL: String) -> StoredAnswer {
        switch reply {
        case .placed(let receipt), .order(let receipt):
            return .object(status, location: "/v1/orders/\(receipt.id)") { json in
                json.write(receipt, publicURL: publicURL)
            }
        default: preconditionFailure("an order is answered: \(reply)")
        }
    }
}

extension JSONWriter {
    /// An order in short: what the commit that accepted it knows.
    mutating func write(_ receipt: OrderReceipt, publicURL: String) {
        member("id", receipt.id)
        if let number = receipt.number { member("number", number) }
        member("status", receipt.state.name)
        member("cancellation", receipt.cancellation.name)
        member("total", receipt.total)
        member("placed_at", receipt.placedAt)
        member("tracking_url", "\(publicURL)/track/\(receipt.trackingToken.text)")
        let mayCancel = !receipt.state.isTerminal && receipt.cancellation == .none
        member("allowed_actions", array: mayCancel ? ["cancel"] : []) { $0.string($1) }
    }
}
