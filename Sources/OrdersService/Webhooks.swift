import Kernel
import Orders
import Ports

/// A shop's address for webhook messages.
public struct WebhookEndpoint: Sendable, Equatable {
    /// A secret that was replaced, and signs beside its successor for a while.
    public struct FormerSecret: Sendable, Equatable {
        public let text: String
        /// From then on it signs no more.
        public let until: Instant
    }

    public let id: EndpointID
    /// The API key that registered it; any key of the shop with the scope may change it.
    public let client: Int64
    public internal(set) var url: String
    /// Newest first. For signing only, never shown again.
    public internal(set) var secrets: [String]
    public internal(set) var formerSecrets: [FormerSecret] = []
    /// Statuses as ``CustomerStatus/name`` has them; empty for all.
    public internal(set) var types: [String]
    public internal(set) var isActive: Bool
    public internal(set) var disabledBecause: String?
    /// Counts changes, from 1.
    public internal(set) var version: Int64 = 1
    public let createdAt: Instant

    func takes(_ type: String) -> Bool { types.isEmpty || types.contains(type) }

    /// The secrets that sign now, newest first: never none.
    public func signingSecrets(at now: Instant) -> [String] {
        secrets + formerSecrets.filter { now < $0.until }.map(\.text)
    }
}

/// One message to one endpoint, kept as a log.
public struct WebhookDelivery: Sendable, Equatable {
    public enum Status: Int64, Sendable {
        case pending = 0
        case delivered = 1
        case failed = 2
    }

    public let id: Int64
    public let endpointID: EndpointID
    /// The same over all tries and replays.
    public let messageID: String
    public let type: String
    public let body: String
    public var status: Status
    public var attempts: Int
    /// Why it failed.
    public var detail: String?
    public let createdAt: Instant
    public var endedAt: Instant?

    static func messageID(_ id: Int64) -> String { "msg_" + EndpointID(rawValue: id).text.dropFirst(4) }
}

/// What a batch changes of endpoints and deliveries.
struct WebhookChanges {
    /// As they are now, of endpoints that the batch has made or changed.
    var endpoints: [EndpointID: WebhookEndpoint] = [:]
    var registered: [EndpointID] = []
    /// Read when the first message is to be sent; `nil` until then and after every change.
    var active: [WebhookEndpoint]?
    var deliveries: [WebhookDelivery] = []
    var ended: [[SQLValue]] = []
}

enum WebhookRow {
    static let endpointColumns =
        "id, client, url, secrets, types, active, disabled_because, created_at, former_secrets, version"
    static let deliveryColumns =
        "id, endpoint_id, message_id, type, body, status, attempts, detail, created_at, ended_at"

    static func endpoint(_ row: any SQLRow) throws(Fault) -> WebhookEndpoint {
        var former: [WebhookEndpoint.FormerSecret] = []
        for line in row.text(8).split(separator: "\n") {
            let parts = line.split(separator: " ")
            guard parts.count == 2, let until = Int64(parts[1]) else {
                throw Fault("malformed_row", retryable: false, "webhook endpoint \(row.integer(0))")
            }
            former.append(.init(text: String(parts[0]), until: Instant(milliseconds: until)))
        }
        return WebhookEndpoint(
            id: row.id(0), client: row.integer(1), url: row.text(2),
            secrets: row.text(3).split(separator: "\n").map(String.init), formerSecrets: former,
            types: row.text(4).split(separator: "\n").map(String.init), isActive: row.bool(5),
            disabledBecause: row.optionalText(6), version: row.integer(9), createdAt: row.instant(7))
    }

    static func values(_ endpoint: WebhookEndpoint) -> [SQLValue] {
        [
            .id(endpoint.id), .integer(endpoint.client), .text(endpoint.url),
            .text(endpoint.secrets.joined(separator: "\n")), .text(endpoint.types.joined(separator: "\n")),
            .bool(endpoint.isActive), .text(endpoint.disabledBecause), .instant(endpoint.createdAt),
            .text(endpoint.formerSecrets.map { "\($0.text) \($0.until.milliseconds)" }.joined(separator: "\n")),
            .integer(endpoint.version),
        ]
    }

    static func delivery(_ row: any SQLRow) throws(Fault) -> WebhookDelivery {
        guard let status = WebhookDelivery.Status(rawValue: row.integer(5)) else {
            throw Fault("malformed_row", retryable: false, "delivery \(row.integer(0))")
        }
        return WebhookDelivery(
            id: row.integer(0), endpointID: row.id(1), messageID: row.text(2), type: row.text(3), body: row.text(4),
            status: status, attempts: row.int(6), detail: row.optionalText(7), createdAt: row.instant(8),
            endedAt: row.optionalInstant(9))
    }
}

extension OrdersBatch {
    func activeEndpoints() throws(Fault) -> [WebhookEndpoint] {
        if let active = webhooks.active { return active }
        let stored = try database.rows(
            "SELECT \(WebhookRow.endpointColumns) FROM webhook_endpoints WHERE active = 1"
        ) { row throws(Fault) in try WebhookRow.endpoint(row) }
        let current = stored.filter { webhooks.endpoints[$0.id] == nil } + webhooks.endpoints.values
        let active = current.filter(\.isActive).sorted { $0.id < $1.id }
        webhooks.active = active
        return active
    }

    /// An endpoint as it is within this batch.
    func endpoint(_ id: EndpointID) throws(Fault) -> WebhookEndpoint? {
        if let changed = webhooks.endpoints[id] { return changed }
        return try OrdersQueries.endpoint(id, database)
    }

    func change(_ endpoint: WebhookEndpoint) {
        webhooks.endpoints[endpoint.id] = endpoint
        webhooks.active = nil
    }

    /// - Parameter entity: the order whose processing it belongs to, or the endpoint for a replay.
    func deliver(_ delivery: WebhookDelivery, entity: Int64) {
        webhooks.deliveries.append(delivery)
        outbox.perform(
            Effect(
                key: EffectKey(.deliverWebhook, delivery.endpointID.rawValue, delivery.id), entity: entity,
                request: .deliverWebhook(
                    endpointID: delivery.endpointID, messageID: delivery.messageID, type: delivery.type,
                    body: delivery.body), dueAt: now))
    }

    /// A message arrived, or was given up: an endpoint that says it is gone gets no more of them.
    func delivered(_ effect: Effect, _ endpoint: EndpointID, _ outcome: EffectOutcome) throws(Fault) {
        let status: WebhookDelivery.Status
        let detail: String?
        switch outcome {
        case .refused(let code, let text):
            status = .failed
            detail = "\(code): \(text)"
            if code == Self.endpointGone { try disable(endpoint, because: "gone") }
        default:
            status = .delivered
            detail = nil
        }
        webhooks.ended.append([
            .integer(effect.key.sequence), .integer(status.rawValue), .int(effect.attempts), .text(detail),
            .instant(now),
        ])
    }

    /// What a delivery is refused with when the endpoint answered 410.
    private static let endpointGone = "endpoint_gone"

    /// No more messages go there. One that is disabled already keeps its reason.
    func disable(_ id: EndpointID, because reason: String) throws(Fault) {
        guard var endpoint = try endpoint(id), endpoint.isActive else { return }
        endpoint.isActive = false
        endpoint.disabledBecause = reason
        endpoint.version += 1
        change(endpoint)
    }

    func saveWebhooks() throws(Fault) {
        let registered = webhooks.registered.compactMap { webhooks.endpoints[$0] }
        let new = Set(webhooks.registered)
        let changed = webhooks.endpoints.values.filter { !new.contains($0.id) }.sorted { $0.id < $1.id }
        try database.executeLater(
            """
            INSERT INTO webhook_endpoints (\(WebhookRow.endpointColumns))
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            """, registered.map(WebhookRow.values))
        try database.executeLater(
            """
            UPDATE webhook_endpoints SET client = $2, url = $3, secrets = $4, types = $5, active = $6,
                disabled_because = $7, created_at = $8, former_secrets = $9, version = $10
            WHERE id = $1
            """, changed.map(WebhookRow.values))
        try database.executeLater(
            """
            INSERT INTO webhook_deliveries (\(WebhookRow.deliveryColumns))
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            """,
            webhooks.deliveries.map {
                [
                    .integer($0.id), .id($0.endpointID), .text($0.messageID), .text($0.type), .text($0.body),
                    .integer($0.status.rawValue), .int($0.attempts), .text($0.detail), .instant($0.createdAt),
                    .instant($0.endedAt),
                ]
            })
        try database.executeLater(
            """
            UPDATE webhook_deliveries SET status = $2, attempts = $3, detail = $4, ended_at = $5 WHERE id = $1
            """, webhooks.ended)
    }
}
