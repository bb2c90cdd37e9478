import Kernel
import Orders
import OrdersService
import Ports
import Signing

/// Where the shop wants to be told, what was sent there, and sending it again.
///
/// A system serves one shop: its API keys share duties out by scope, not by whose data it is. So every endpoint is told
/// of all the shop's orders, and any key with the scope administers all endpoints.
enum WebhookRoutes {
    static func all(_ services: APIServices) -> [Route] {
        [
            .get("/v1/webhook-endpoints", .scope(.webhooksManage)) { call async throws(Problem) in
                try await list(call, services)
            },
            .post("/v1/webhook-endpoints", .scope(.webhooksManage)) { call async throws(Problem) in
                try await create(call, services)
            },
            .get("/v1/webhook-endpoints/{id}", .scope(.webhooksManage)) { call async throws(Problem) in
                let endpoint = try await endpoint(call, services)
                return Reply.object { $0.write(endpoint) }.with(version: endpoint.version)
            },
            .put("/v1/webhook-endpoints/{id}", .scope(.webhooksManage)) { call async throws(Problem) in
                try await update(call, services)
            },
            .post("/v1/webhook-endpoints/{id}/rotate-secret", .scope(.webhooksManage)) { call async throws(Problem) in
                try await rotate(call, services)
            },
            .delete("/v1/webhook-endpoints/{id}", .scope(.webhooksManage)) { call async throws(Problem) in
                try await disable(call, services)
            },
            .get("/v1/webhook-endpoints/{id}/deliveries", .scope(.webhooksManage)) { call async throws(Problem) in
                try await deliveries(call, services)
            },
            .post("/v1/webhook-endpoints/{id}/deliveries/{delivery}/replay", .scope(.webhooksManage)) {
                call async throws(Problem) in try await replay(call, services)
            },
        ]
    }

    /// Registers an endpoint. The secret is made here and shown once.
    private static func create(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        let body = try call.object()
        let url = body.string("url", length: 8...2000)
        let types = types(body)
        body.finish()
        guard body.isValid, let url, let caller = call.caller else { throw body.problem }
        try await check(url, body, services)
        let secret = WebhookSecret.random().text
        let command = RegisterWebhookEndpoint(
            client: caller.keyID.rawValue, url: url, secrets: [secret], types: types ?? [])
        let performed = try await call.outcome(
            of: .registerWebhookEndpoint(command), by: services.orders.mailbox,
            audit: Audited("create_webhook_endpoint")
        ) { reply in
            let endpoint = registered(reply)
            // The kept answer is without the secret: a repetition must not show it again.
            return .object(201, location: "/v1/webhook-endpoints/\(endpoint.id)") { $0.write(endpoint) }
        }
        switch performed {
        case .replayed(let answer): return answer.reply.with(.idempotentReplayed, "true")
        case .done(let reply, let answer):
            let endpoint = registered(reply)
            return Reply.object(201) { json in
                json.write(endpoint)
                json.member("secret", secret)
            }.with(.location, answer.location ?? "")
        }
    }

    private static func types(_ body: RequestObject) -> [String]? {
        body.strings(
            "types", required: false, count: 0...CustomerStatus.allCases.count, "a status such as shipment.delivered"
        ) { name in CustomerStatus.allCases.contains { $0.name == name } ? name : nil }
    }

    /// Refuses at once what no delivery could reach; each delivery checks again, since names change their meaning.
    private static func check(_ url: String, _ body: RequestObject, _ services: APIServices) async throws(Problem) {
        guard let refusal = await services.refusalOfWebhookURL(url) else { return }
        body.refuse("url", refusal)
        throw body.problem
    }

    /// Changes what is named, provided that `If-Match` names the current version. What is left out stays.
    private static func update(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        let id = try call.id("id", EndpointKind.self, "webhook endpoint")
        let version = try call.ifMatch()
        let body = try call.object()
        let url = body.string("url", required: false, length: 8...2000)
        let types = types(body)
        let isActive = body.bool("is_active")
        body.finish()
        guard body.isValid else { throw body.problem }
        if let url { try await check(url, body, services) }
        let command = UpdateWebhookEndpoint(
            id: id, expectedVersion: version, url: url, types: types, isActive: isActive)
        let performed = try await call.outcome(
            of: .updateWebhookEndpoint(command), by: services.orders.mailbox,
            audit: Audited("update_webhook_endpoint", id.text, before: document(of: id))
        ) { reply in .object(200) { $0.write(registered(reply)) } }
        switch performed {
        case .done(let reply, let answer): return answer.reply.with(version: registered(reply).version)
        case .replayed(let answer): return answer.reply
        }
    }

    /// A new secret, made here and shown once; the former ones sign too for a while, a day unless said otherwise.
    private static func rotate(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        let id = try call.id("id", EndpointKind.self, "webhook endpoint")
        let body = try call.object()
        let overlap = body.int("overlap_seconds", required: false, in: 0...7 * 86_400)
        body.finish()
        guard body.isValid else { throw body.problem }
        let secret = WebhookSecret.random().text
        let command = RotateWebhookSecret(id: id, secret: secret, overlap: .seconds(overlap ?? 86_400))
        let performed = try await call.outcome(
            of: .rotateWebhookSecret(command), by: services.orders.mailbox,
            audit: Audited("rotate_webhook_secret", id.text, before: document(of: id))
        ) { reply in .object(200) { $0.write(registered(reply)) } }
        switch performed {
        case .replayed(let answer): return answer.reply.with(.idempotentReplayed, "true")
        case .done(let reply, _):
            let endpoint = registered(reply)
            return Reply.object { json in
                json.write(endpoint)
                json.member("secret", secret)
            }.with(version: endpoint.version)
        }
    }

    /// An endpoint before a change of it, without its secrets.
    private static func document(
        of id: EndpointID
    ) -> @Sendable (any DatabaseConnection) throws(Fault) -> String {
        { database throws(Fault) in
            try OrdersQueries.endpoint(id, database).map { endpoint in JSONWriter.text { $0.write(endpoint) } } ?? ""
        }
    }

    private static func registered(_ reply: OrdersReply) -> OrdersService.WebhookEndpoint {
        guard case .endpoint(let endpoint) = reply else { preconditionFailure("an endpoint is answered: \(reply)") }
        return endpoint
    }

    private static func list(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        var query = call.query
        let page = query.page()
        try query.finish()
        let endpoints = try await services.orders.reads.ask { database throws(Fault) in
            try OrdersQueries.endpoints(after: page.afterID(), limit: page.limit, database)
        }
        return .list(endpoints, page, call: call, key: { [$0.id.rawValue] }, { $0.write($1) })
    }

    private static func endpoint(
        _ call: Call, _ services: APIServices
    ) async throws(Problem) -> OrdersService.WebhookEndpoint {
        let id = try call.id("id", EndpointKind.self, "webhook endpoint")
        let endpoint = try await services.orders.reads.ask { database throws(Fault) in
            try OrdersQueries.endpoint(id, database)
        }
        guard let endpoint else { throw .notFound("webhook endpoint") }
        return endpoint
    }

    /// No more messages go there; what was sent stays in the log.
    private static func disable(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        let id = try call.id("id", EndpointKind.self, "webhook endpoint")
        return try await call.perform(
            .disableWebhookEndpoint(id), by: services.orders.mailbox,
            audit: Audited("disable_webhook_endpoint", id.text, before: document(of: id))
        ) { _ in
            StoredAnswer(204, [])
        }
    }

    private static func deliveries(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        let endpoint = try await endpoint(call, services)
        var query = call.query
        let page = query.page()
        try query.finish()
        let deliveries = try await services.orders.reads.ask { database throws(Fault) in
            try OrdersQueries.deliveries(to: endpoint.id, after: page.after?[0], limit: page.limit, database)
        }
        return .list(deliveries, page, call: call, key: { [$0.id] }, { $0.write($1) })
    }

    private static func replay(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        let endpoint = try await endpoint(call, services)
        _ = try call.emptyObject()
        guard let number = DeliveryNumber.read(call.parameter("delivery")) else { throw .notFound("delivery") }
        let former = try await services.orders.reads.ask { database throws(Fault) in
            try OrdersQueries.delivery(number, database)
        }
        guard let former, former.endpointID == endpoint.id else { throw .notFound("delivery") }
        let command = OrdersCommand.replayWebhook(ReplayWebhook(delivery: number))
        return try await call.perform(
            command, by: services.orders.mailbox,
            audit: Audited(
                "replay_webhook", DeliveryNumber.text(number), before: { _ in JSONWriter.text { $0.write(former) } })
        ) { reply in
            guard case .delivery(let made) = reply else { preconditionFailure("a delivery is answered: \(reply)") }
            return .object(202) { $0.member("id", DeliveryNumber.text(made)) }
        }
    }
}

/// Deliveries are numbered like ids, and shown as `dlv_…`.
enum DeliveryNumber {
    enum Kind: EntityKind {
        static let prefix: StaticString = "dlv"
    }

    static func text(_ number: Int64) -> String { EntityID<Kind>(rawValue: number).text }
    static func read(_ text: String) -> Int64? { EntityID<Kind>(text: text)?.rawValue }
}

extension JSONWriter {
    /// Without its secrets.
    mutating func write(_ endpoint: OrdersService.WebhookEndpoint) {
        member("id", endpoint.id)
        member("url", endpoint.url)
        member("types", array: endpoint.types) { $0.string($1) }
        member("is_active", endpoint.isActive)
        if let reason = endpoint.disabledBecause { member("disabled_because", reason) }
        member("version", endpoint.version)
        if let until = endpoint.formerSecrets.map(\.until).max() { member("former_secrets_until", until) }
        member("created_at", endpoint.createdAt)
        let actions = ["update", "rotate_secret", endpoint.isActive ? "disable" : "enable"]
        member("allowed_actions", array: actions) { $0.string($1) }
    }

    mutating func write(_ delivery: WebhookDelivery) {
        member("id", DeliveryNumber.text(delivery.id))
        member("message_id", delivery.messageID)
        member("type", delivery.type)
        member("status", delivery.status.name)
        member("attempts", delivery.attempts)
        if let detail = delivery.detail { member("detail", detail) }
        member("created_at", delivery.createdAt)
        if let endedAt = delivery.endedAt { member("ended_at", endedAt) }
        member("body", delivery.body)
        member("allowed_actions", array: delivery.status == .pending ? [] : ["replay"]) { $0.string($1) }
    }
}

extension WebhookDelivery.Status {
    var name: String {
        switch self {
        case .pending: "pending"
        case .delivered: "delivered"
        case .failed: "failed"
        }
    }
}
