import Contracts
import Kernel
import Orders
import OrdersService
import Ports
import Warehouse
import WarehouseService

/// What customers send back after the delivery: asking, deciding, receiving.
enum ReturnRoutes {
    static func all(_ services: APIServices) -> [Route] {
        [
            .get("/v1/orders/{id}/returns", .scope(.ordersRead)) { call async throws(Problem) in
                try await list(call, services)
            },
            .post("/v1/orders/{id}/returns", .scope(.ordersWrite)) { call async throws(Problem) in
                try await request(call, services)
            },
            .get("/v1/returns", .scope(.floorWork)) { call async throws(Problem) in
                try await listAll(call, services)
            },
            .get("/v1/returns/{id}", .scope(.ordersRead)) { call async throws(Problem) in
                try await get(call, services)
            },
            .post("/v1/returns/{id}/approve", .scope(.ordersWrite)) { call async throws(Problem) in
                try await approve(call, services)
            },
            .post("/v1/returns/{id}/decline", .scope(.ordersWrite)) { call async throws(Problem) in
                try await decline(call, services)
            },
            .post("/v1/returns/{id}/retry-refund", .scope(.ordersWrite)) { call async throws(Problem) in
                try await retryRefund(call, services)
            },
            .post("/v1/returns/{id}/receive", .scope(.floorWork)) { call async throws(Problem) in
                try await receive(call, services)
            },
        ]
    }

    /// All of them, the oldest first: an order has few.
    private static func list(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        let id = try call.id("id", OrderKind.self, "order")
        try call.query.finish()
        let view = try await services.orders.reads.ask { database throws(Fault) in
            try OrdersQueries.order(id, database)
        }
        guard let view else { throw .notFound("order") }
        return .object { json in
            json.member("data", array: view.returns) { json, element in json.object { $0.write(element) } }
        }
    }

    /// Of all orders, the oldest first: what is approved is expected on the floor.
    private static func listAll(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        var query = call.query
        let page = query.page()
        let status = query.parsed("status", "one of \(statusNames)") { OrderReturn.Status(name: $0) }
        try query.finish()
        let views = try await services.orders.reads.ask { database throws(Fault) in
            try OrdersQueries.returns(status: status, after: page.afterID(), limit: page.limit, database)
        }
        return .list(views, page, call: call, key: { [$0.customerReturn.id.rawValue] }) { json, view in
            json.write(view)
        }
    }

    private static let statusNames = OrderReturn.Status.allCases.map(\.name).joined(separator: ", ")

    private static func get(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        let id = try call.id("id", ReturnKind.self, "return")
        try call.query.finish()
        let view = try await services.orders.reads.ask { database throws(Fault) in
            try OrdersQueries.customerReturn(id, database)
        }
        guard let view else { throw .notFound("return") }
        return .object { $0.write(view) }
    }

    private static func request(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        let id = try call.id("id", OrderKind.self, "order")
        let body = try call.object()
        let reason = body.string("reason", required: false, length: 1...200)
        let lines = body.objects("lines", count: PlaceOrder.lineCount) { element -> RequestReturn.Line? in
            let quantity = element.int("quantity", required: false, in: PlaceOrder.quantity)
            return element.int("line", in: PlaceOrder.lineCount).map {
                RequestReturn.Line(line: $0, quantity: quantity)
            }
        }
        body.finish()
        guard body.isValid, let lines else { throw body.problem }
        let command = RequestReturn(orderID: id, lines: lines, reason: reason ?? "customer")
        return try await call.perform(.requestReturn(command), by: services.orders.mailbox) { answer(201, $0) }
    }

    private static func approve(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        let id = try call.id("id", ReturnKind.self, "return")
        let body = try call.object()
        body.finish()
        guard body.isValid else { throw body.problem }
        return try await perform(
            .decideReturn(DecideReturn(returnID: id, decision: .approve)),
            Audited("approve_return", id.text, before: document(of: id)), call, services)
    }

    private static func decline(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        let id = try call.id("id", ReturnKind.self, "return")
        let body = try call.object()
        let reason = body.string("reason", length: 1...200)
        body.finish()
        guard body.isValid, let reason else { throw body.problem }
        let command = DecideReturn(returnID: id, decision: .decline(reason: reason))
        return try await perform(
            .decideReturn(command), Audited("decline_return", id.text, reason: reason, before: document(of: id)), call,
            services)
    }

    private static func retryRefund(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        let id = try call.id("id", ReturnKind.self, "return")
        let body = try call.object()
        body.finish()
        guard body.isValid else { throw body.problem }
        return try await perform(
            .retryReturnRefund(id), Audited("retry_return_refund", id.text, before: document(of: id)), call, services)
    }

    private static func perform(
        _ command: OrdersCommand, _ audit: Audited, _ call: Call, _ services: APIServices
    ) async throws(Problem) -> Reply {
        try await call.perform(command, by: services.orders.mailbox, audit: audit) { answer(200, $0) }
    }

    /// The return before a change of it.
    private static func document(
        of id: ReturnID
    ) -> @Sendable (any DatabaseConnection) throws(Fault) -> String {
        { database throws(Fault) in
            guard let view = try OrdersQueries.customerReturn(id, database) else { return "" }
            return JSONWriter.text { $0.write(view) }
        }
    }

    private static func answer(_ status: Int, _ reply: OrdersReply) -> StoredAnswer {
        guard case .customerReturn(let view) = reply else { preconditionFailure("a return is answered: \(reply)") }
        let location = status == 201 ? "/v1/returns/\(view.customerReturn.id)" : nil
        return .object(status, location: location) { $0.write(view) }
    }

    /// Without `lines` everything came, is good to be sold again, and is refunded.
    private static func receive(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        let id = try call.id("id", ReturnKind.self, "return")
        let body = try call.object()
        let worker = body.string("worker", length: 1...64)
        let findings = body.has("lines") ? body.objects("lines", count: 1...2000, finding) : []
        body.finish()
        guard body.isValid, let worker, let findings else { throw body.problem }
        let command = ReceiveCustomerReturn(
            returnID: id, findings: findings.isEmpty ? nil : findings, worker: worker)
        let audit = Audited("receive_return", id.text, before: expected(id))
        return try await call.perform(.receiveReturn(command), by: services.warehouse.mailbox, audit: audit) { reply in
            guard case .received(let received) = reply else { preconditionFailure("a return is answered: \(reply)") }
            return .object(200) { $0.write(received) }
        }
    }

    /// The return as its warehouse knows it, before it is received.
    private static func expected(
        _ id: ReturnID
    ) -> @Sendable (any DatabaseConnection) throws(Fault) -> String {
        { database throws(Fault) in
            guard let expected = try WarehouseQueries(database).expectedReturn(id) else { return "" }
            return JSONWriter.text { $0.write(expected) }
        }
    }

    /// What did not come is not refunded, the rest is, unless the settlement says otherwise.
    private static func finding(_ element: RequestObject) -> ReceiveCustomerReturn.Finding? {
        let line = element.int("line", in: PlaceOrder.lineCount)
        let quantity = element.int("quantity", in: PlaceOrder.quantity)
        let disposition = element.parsed("disposition", "one of \(dispositions)") { ReturnDisposition(name: $0) }
        let settlement = element.parsed("settlement", required: false, "refund or none") { ReturnSettlement(name: $0) }
        guard let line, let quantity, let disposition else { return nil }
        return ReceiveCustomerReturn.Finding(
            line: line, quantity: quantity, disposition: disposition,
            settlement: settlement ?? (disposition.isHere ? .refund : .none))
    }

    private static let dispositions = ReturnDisposition.allCases.map(\.name).joined(separator: ", ")
}

extension JSONWriter {
    mutating func write(_ view: ReturnView) {
        let customerReturn = view.customerReturn
        member("id", customerReturn.id)
        member("order_id", view.orderID)
        member("status", customerReturn.status.name)
        member("reason", customerReturn.reason)
        member("units", array: customerReturn.units) { json, units in json.object { units.write(&$0) } }
        if let warehouseID = customerReturn.warehouseID { member("warehouse_id", warehouseID) }
        if !customerReturn.declineReason.isEmpty { member("decline_reason", customerReturn.declineReason) }
        member("inspected", array: customerReturn.inspected) { json, units in json.object { units.write(&$0) } }
        member("refunded", view.refunded)
        if !customerReturn.refundRefusal.isEmpty { member("refund_refusal", customerReturn.refundRefusal) }
        member("requested_at", customerReturn.requestedAt)
        member("updated_at", customerReturn.updatedAt)
        member("allowed_actions", array: customerReturn.allowedActions) { $0.string($1) }
    }

    /// A return as its warehouse knows it.
    mutating func write(_ received: ExpectedReturn) {
        member("id", received.id)
        member("order_id", received.orderID)
        member("warehouse_id", received.warehouseID)
        if let worker = received.worker { member("worker", worker) }
        if let receivedAt = received.receivedAt { member("received_at", receivedAt) }
        member("inspected", array: received.inspected) { json, units in json.object { units.write(&$0) } }
    }
}
