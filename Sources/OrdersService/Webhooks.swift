import Kernel
import Orders
import Ports

/// A shop's address for webhook messages.
public struct WebhookEndpoint: Sendable, Equatable {
    public let id: EndpointID
    public let client: Int64
    public let url: String
    /// Newest first; several while keys rotate. For signing only, never shown again.
    public let secrets: [String]
    /// Statuses as ``CustomerStatus/name`` has them; empty for all.
    public let types: [String]
    public let isActive: Bool
    public let disabledBecause: String?
    public let createdAt: Instant

    func takes(_ type: String) -> Bool { types.isEmpty || types.contains(type) }
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
    /// Read when the first message is to be sent; `nil` until then.
    var active: [WebhookEndpoint]?
    var registered: [WebhookEndpoint] = []
    var deliveries: [WebhookDelivery] = []
    var ended: [[SQLValue]] = []
    var disabled: [(EndpointID, String)] = []
}

enum WebhookRow {
    static let endpointColumns = "id, client, url, secrets, types, active, disabled_because, created_at"
    static let deliveryColumns =
        "id, endpoint_id, message_id, type, body, status, attempts, detail, created_at, ended_at"

    static func endpoint(_ row: any SQLRow) -> WebhookEndpoint {
        WebhookEndpoint(
            id: row.id(0), client: row.integer(1), url: row.text(2),
            secrets: row.text(3).split(separator: "\n").map(String.init),
            types: row.text(4).split(separator: "\n").map(String.init), isActive: row.bool(5),
            disabledBecause: row.optionalText(6), createdAt: row.instant(7))
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
            "SELECT \(WebhookRow.endpointColumns) FROM webhook_endpoints WHERE active = 1 ORDER BY id"
        ) {
            WebhookRow.endpoint($0)
        }
        let disabled = Set(webhooks.disabled.map(\.0))
        let active = (stored + webhooks.registered).filter { !disabled.contains($0.id) }
        webhooks.active = active
        return active
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
    func delivered(_ effect: Effect, _ endpoint: EndpointID, _ outcome: EffectOutcome) {
        let status: WebhookDelivery.Status
        let detail: String?
        switch outcome {
        case .refused(let code, let text):
            status = .failed
            detail = "\(code): \(text)"
            if code == "endpoint_gone" { disable(endpoint, because: "gone") }
        default:
            status = .delivered
            detail = nil
        }
        webhooks.ended.append([
            .integer(effect.key.sequence), .integer(status.rawValue), .int(effect.attempts), .text(detail),
            .instant(now),
        ])
    }

    func disable(_ endpoint: EndpointID, because reason: String) {
        webhooks.disabled.append((endpoint, reason))
        webhooks.active?.removeAll { $0.id == endpoint }
    }

    func saveWebhooks() throws(Fault) {
        try database.executeEach(
            """
            INSERT INTO webhook_endpoints (\(WebhookRow.endpointColumns)) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """,
            webhooks.registered.map {
                [
                    .id($0.id), .integer($0.client), .text($0.url), .text($0.secrets.joined(separator: "\n")),
                    .text($0.types.joined(separator: "\n")), .bool($0.isActive), .text($0.disabledBecause),
                    .instant($0.createdAt),
                ]
            })
        try database.executeEach(
            "UPDATE webhook_endpoints SET active = 0, disabled_because = $2 WHERE id = $1 AND active = 1",
            webhooks.disabled.map { [.id($0.0), .text($0.1)] })
        try database.executeEach(
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
        try database.executeEach(
            """
            UPDATE webhook_deliveries SET status = $2, attempts = $3, detail = $4, ended_at = $5 WHERE id = $1
            """, webhooks.ended)
    }
}
