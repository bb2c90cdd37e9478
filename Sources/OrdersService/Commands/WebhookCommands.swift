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
        func isPrintable(_ text: String, _ lengths: ClosedRange<Int>) -> Bool {
            lengths.contains(text.utf8.count) && text.utf8.allSatisfy { (33...126).contains($0) }
        }
        guard isPrintable(url, 8...2000), url.hasPrefix("http://") || url.hasPrefix("https://") else {
            throw .invalidURL
        }
        guard (1...3).contains(secrets.count), secrets.allSatisfy({ isPrintable($0, 1...200) }) else {
            throw .invalidSecret
        }
        let known = Set(CustomerStatus.allCases.map(\.name))
        guard types.allSatisfy(known.contains) else { throw .invalidTypes }
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
        webhooks.registered.append(endpoint)
        webhooks.active?.append(endpoint)
        outbox.reply(slot, .endpoint(endpoint))
    }

    func disableWebhookEndpoint(_ id: EndpointID, _ slot: Int) throws(Fault) {
        guard try OrdersQueries.endpoint(id, database) != nil else {
            return outbox.reject(slot, OrdersRejection.endpointNotFound)
        }
        disable(id, because: "by request")
        outbox.reply(slot, .done)
    }

    func replayWebhook(_ command: ReplayWebhook, _ slot: Int) throws(Fault) {
        guard let former = try OrdersQueries.delivery(command.delivery, database) else {
            return outbox.reject(slot, OrdersRejection.deliveryNotFound)
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
