import Hummingbird
import Kernel
import Logging
import NIOCore
import Synchronization

/// A shop's own server that takes webhook messages.
final class WebhookReceiver: Sendable {
    struct Message: Sendable {
        let id: String
        /// Type, order, fulfillment and number of attempts: what a shop would be told twice if it were told twice.
        let subject: String
        var deliveries = 1
    }

    private let received = Mutex<[String: Message]>([:])

    var messages: [Message] { Array(received.withLock { $0.values }) }

    /// Runs a body while the receiver listens on a port of its own.
    static func with<Value: Sendable>(
        _ body: @escaping @Sendable (_ receiver: WebhookReceiver, _ url: String) async throws -> Value
    ) async throws -> Value {
        let receiver = WebhookReceiver()
        let (ports, portGiven) = AsyncStream<Int>.makeStream()
        let router = Router()
        router.post("/hook") { request, _ in
            let buffer = try await request.body.collect(upTo: 1 << 20)
            guard let name = HTTPFields.Element.Name("webhook-id"), let id = request.headers[name] else {
                return HTTPResponse.Status.badRequest
            }
            try receiver.take(id, Array(buffer.readableBytesView))
            return .ok
        }
        var logger = Logger(label: "receiver")
        logger.logLevel = .critical
        let application = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in portGiven.yield(channel.localAddress?.port ?? 0) }, logger: logger)
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask {
                try await application.run()
                return nil
            }
            group.addTask {
                for await port in ports { return try await body(receiver, "http://127.0.0.1:\(port)/hook") }
                return nil
            }
            defer { group.cancelAll() }
            while let value = try await group.next() {
                if let value { return value }
            }
            throw Failure("the receiver ended by itself")
        }
    }

    private func take(_ id: String, _ body: [UInt8]) throws {
        let json = try JSONValue(parsing: body)
        let data = json["data"] ?? .null
        let attempts = data["attempts"]?.integer.map(String.init) ?? "-"
        let subject = [json["type"]?.string, data["order"]?.string, data["fulfillment"]?.string, attempts]
            .map { $0 ?? "-" }.joined(separator: " ")
        received.withLock { $0[id, default: Message(id: id, subject: subject, deliveries: 0)].deliveries += 1 }
    }
}
