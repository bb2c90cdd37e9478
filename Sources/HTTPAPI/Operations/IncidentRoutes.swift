import BPMN
import Kernel
import OrdersService

/// Processes that stopped where the model has no answer: look at them, repair what is wrong, let them go on.
enum IncidentRoutes {
    static func all(_ services: APIServices) -> [Route] {
        [
            .get("/v1/incidents", .scope(.auditRead)) { call async throws(Problem) in try await list(call, services) },
            .post("/v1/incidents/{id}/resolve", .scope(.ordersWrite)) { call async throws(Problem) in
                try await resolve(call, services)
            },
        ]
    }

    /// The open ones, oldest order first.
    private static func list(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        var query = call.query
        let page = query.page(parts: 2)
        try query.finish()
        let after = page.after.map {
            IncidentPlace(orderID: OrderID(rawValue: $0[0]), key: IncidentKey(rawValue: Int32(clamping: $0[1])))
        }
        let views = try await services.orders.reads.ask { database throws(Fault) in
            try OrdersQueries.incidents(after: after, limit: page.limit, database)
        }
        return .list(
            views, page, call: call, key: { [$0.orderID.rawValue, Int64($0.incident.key.rawValue)] }, { $0.write($1) })
    }

    /// Tries again at that place. What stops there again is an incident again.
    private static func resolve(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        guard let place = IncidentPlace(text: call.parameter("id")) else { throw .notFound("incident") }
        _ = try call.emptyObject()
        let command = OrdersCommand.resolveIncident(ResolveIncident(orderID: place.orderID, incident: place.key))
        let publicURL = services.configuration.publicURL
        return try await call.perform(
            command, by: services.orders.mailbox,
            audit: Audited("resolve_incident", place.text, before: Audited.incident(place))
        ) { reply in
            guard case .order(let receipt) = reply else { preconditionFailure("an order is answered: \(reply)") }
            return .object(200, location: "/v1/orders/\(receipt.id)") { $0.write(receipt, publicURL: publicURL) }
        }
    }
}

extension JSONWriter {
    mutating func write(_ view: IncidentView) {
        member("id", view.place.text)
        member("order_id", view.orderID)
        member("element", view.incident.elementID)
        member("kind", view.incident.kind.name)
        member("message", view.incident.message)
        member("allowed_actions", array: ["resolve"]) { $0.string($1) }
    }
}

extension Incident.Kind {
    var name: String {
        switch self {
        case .jobFailed: "job_failed"
        case .unhandledError: "unhandled_error"
        case .expression: "expression"
        case .noFlow: "no_flow"
        case .endlessLoop: "endless_loop"
        case .callDepth: "call_depth"
        }
    }
}
