import Kernel
import Orders

/// A shop wants to be told.
public struct RegisterWebhookEndpoint: Sendable, Equatable {
    /// The API key under which it is registered.
    public let client: Int64
    /// http or https.
    public let url: String
    /// 1–3, newest first; made at the edge.
    public let secrets: [String]
    /// Statuses as ``Orders/CustomerStatus/name`` has them; empty for all.
    public let types: [String]

    public init(client: Int64, url: String, secrets: [String], types: [String] = []) {
        self.client = client
        self.url = url
        self.secrets = secrets
        self.types = types
    }

    func check() throws(OrdersRejection) {
        try WebhookLimits.check(url: url)
        guard (1...3).contains(secrets.count) else { throw .invalidSecret }
        for secret in secrets { try WebhookLimits.check(secret: secret) }
        try WebhookLimits.check(types: types)
    }
}

/// Changes an endpoint; `nil` leaves as it is.
public struct UpdateWebhookEndpoint: Sendable, Equatable {
    public let id: EndpointID
    /// The version that the caller has seen.
    public let expectedVersion: Int64
    public let url: String?
    public let types: [String]?
    /// Switches it on again, also after it was gone, or off.
    public let isActive: Bool?

    public init(id: EndpointID, expectedVersion: Int64, url: String?, types: [String]?, isActive: Bool?) {
        self.id = id
        self.expectedVersion = expectedVersion
        self.url = url
        self.types = types
        self.isActive = isActive
    }

    /// - Throws: `version_mismatch`, `invalid_url`, `invalid_types`.
    func change(_ endpoint: inout WebhookEndpoint) throws(OrdersRejection) {
        guard endpoint.version == expectedVersion else {
            throw .endpointChanged(expected: expectedVersion, current: endpoint.version)
        }
        if let url {
            try WebhookLimits.check(url: url)
            endpoint.url = url
        }
        if let types {
            try WebhookLimits.check(types: types)
            endpoint.types = types
        }
        if let isActive, isActive != endpoint.isActive {
            endpoint.isActive = isActive
            endpoint.disabledBecause = isActive ? nil : "by request"
        }
        endpoint.version += 1
    }
}

/// Gives an endpoint a new secret; the ones before sign too until receivers have taken it over.
public struct RotateWebhookSecret: Sendable, Equatable {
    public let id: EndpointID
    /// Made at the edge.
    public let secret: String
    /// How long the former secrets go on signing; not negative.
    public let overlap: Duration

    public init(id: EndpointID, secret: String, overlap: Duration) {
        self.id = id
        self.secret = secret
        self.overlap = overlap
    }

    /// More former secrets than this would only lengthen the header: the oldest sign no more.
    static let formerMax = 3

    func change(_ endpoint: inout WebhookEndpoint, now: Instant) throws(OrdersRejection) {
        try WebhookLimits.check(secret: secret)
        let replaced = endpoint.secrets.map { WebhookEndpoint.FormerSecret(text: $0, until: now + overlap) }
        let valid = endpoint.formerSecrets.filter { now < $0.until }
        endpoint.formerSecrets = Array((replaced + valid).filter { now < $0.until }.prefix(Self.formerMax))
        endpoint.secrets = [secret]
        endpoint.version += 1
    }
}

enum WebhookLimits {
    static func check(url: String) throws(OrdersRejection) {
        guard isPrintable(url, 8...2000), url.hasPrefix("http://") || url.hasPrefix("https://") else {
            throw .invalidURL
        }
    }

    static func check(secret: String) throws(OrdersRejection) {
        guard isPrintable(secret, 1...200) else { throw .invalidSecret }
    }

    static func check(types: [String]) throws(OrdersRejection) {
        let known = Set(CustomerStatus.allCases.map(\.name))
        guard types.allSatisfy(known.contains) else { throw .invalidTypes }
    }

    private static func isPrintable(_ text: String, _ lengths: ClosedRange<Int>) -> Bool {
        lengths.contains(text.utf8.count) && text.utf8.allSatisfy { (33...126).contains($0) }
    }
}

/// Sends a message again, with the same message id.
public struct ReplayWebhook: Sendable, Equatable {
    public let delivery: Int64

    public init(delivery: Int64) { self.delivery = delivery }
}

extension OrdersBatch {
    func registerWebhookEndpoint(_ command: RegisterWebhookEndpoint, _ slot: Int) {
        do throws(OrdersRejection) {
            try command.check()
        } catch {
            return outbox.reject(slot, error)
        }
        let endpoint = WebhookEndpoint(
            id: ids.next(now: now), client: command.client, url: command.url, secrets: command.secrets,
            types: command.types, isActive: true, disabledBecause: nil, createdAt: now)
        webhooks.registered.append(endpoint.id)
        change(endpoint)
        outbox.reply(slot, .endpoint(endpoint))
    }

    func updateWebhookEndpoint(_ command: UpdateWebhookEndpoint, _ slot: Int) throws(Fault) {
        try change(command.id, slot) { endpoint throws(OrdersRejection) in try command.change(&endpoint) }
    }

    func rotateWebhookSecret(_ command: RotateWebhookSecret, _ slot: Int) throws(Fault) {
        try change(command.id, slot) { endpoint throws(OrdersRejection) in try command.change(&endpoint, now: now) }
    }

    private func change(
        _ id: EndpointID, _ slot: Int, _ body: (inout WebhookEndpoint) throws(OrdersRejection) -> Void
    ) throws(Fault) {
        guard var endpoint = try endpoint(id) else { return outbox.reject(slot, OrdersRejection.endpointNotFound) }
        do throws(OrdersRejection) {
            try body(&endpoint)
        } catch {
            return outbox.reject(slot, error)
        }
        change(endpoint)
        outbox.reply(slot, .endpoint(endpoint))
    }

    func disableWebhookEndpoint(_ id: EndpointID, _ slot: Int) throws(Fault) {
        guard try endpoint(id) != nil else { return outbox.reject(slot, OrdersRejection.endpointNotFound) }
        try disable(id, because: "by request")
        outbox.reply(slot, .done)
    }

    func replayWebhook(_ command: ReplayWebhook, _ slot: Int) throws(Fault) {
        guard let former = try OrdersQueries.delivery(command.delivery, database) else {
            return outbox.reject(slot, OrdersRejection.deliveryNotFound)
        }
        guard try endpoint(former.endpointID)?.isActive == true else {
            return outbox.reject(slot, OrdersRejection.endpointDisabled)
        }
        let id = ids.next(EndpointKind.self, now: now).rawValue
        deliver(
            WebhookDelivery(
                id: id, endpointID: former.endpointID, messageID: former.messageID, type: former.type,
                body: former.body, status: .pending, attempts: 0, detail: nil, createdAt: now, endedAt: nil),
            entity: former.endpointID.rawValue)
        outbox.reply(slot, .delivery(id))
    }
}
