import AsyncHTTPClient
import Kernel
import Logging
import NIOCore
import Signing
import Synchronization

/// Reports scans to Doorstep, signed by each courier's secret, until they are taken.
///
/// Messages that are not acknowledged wait in a heap; the number of requests in flight is bounded, whatever the number
/// of parcels.
final class TrackingReporter: Sendable {
    struct Message: Comparable, Sendable {
        var dueAt: Instant
        let number: UInt64
        let courier: Int
        let id: String
        let events: [TrackingEvent]
        var attempts = 0

        static func < (left: Self, right: Self) -> Bool { (left.dueAt, left.number) < (right.dueAt, right.number) }
        static func == (left: Self, right: Self) -> Bool { left.number == right.number }
    }

    /// What became of the messages.
    struct Figures: Sendable, Equatable {
        /// Events, each counted once.
        var events: Int64 = 0
        var messagesSent: Int64 = 0
        var messagesTaken: Int64 = 0
        /// Answered in a way that no repetition will change.
        var messagesGivenUp: Int64 = 0
    }

    private struct State {
        var waiting = MinHeap<Message>()
        var counter: UInt64 = 0
        var figures = Figures()
    }

    private static let requestsInFlightMax = 16
    /// How often a message is sent again that was answered 4xx, beside 404, 408, 409, 425 and 429.
    private static let refusalsMax = 5

    private let state = Mutex(State())
    private let world: SandboxWorld
    private let reporting: TrackingReporting
    private let codes: [String]
    private let secrets: [WebhookSecret?]
    private let client: HTTPClient
    private let logger: Logger
    private let seed: UInt64

    init(
        _ world: SandboxWorld, _ configuration: SandboxConfiguration, _ reporting: TrackingReporting,
        client: HTTPClient, logger: Logger
    ) {
        self.world = world
        self.reporting = reporting
        self.client = client
        self.logger = logger
        codes = configuration.couriers.map(\.code)
        secrets = codes.map { reporting.secrets[$0].flatMap { WebhookSecret(text: $0) } }
        seed = configuration.seed
    }

    var figures: Figures { state.withLock { $0.figures } }
    var waiting: Int { state.withLock { $0.waiting.count } }

    /// Reports until the surrounding task is cancelled.
    func run() async {
        while !Task.isCancelled {
            collect()
            let messages = takeDue()
            guard !messages.isEmpty else {
                // Ends early when cancelled, which the loop then sees.
                try? await Task.sleep(for: .milliseconds(10))
                continue
            }
            await withTaskGroup { group in
                for message in messages { group.addTask { await self.send(message) } }
            }
        }
    }

    // MARK: From scans to messages

    private func collect() {
        let scans = world.scans(limit: 4_096)
        guard !scans.isEmpty else { return }
        for (courier, code) in codes.enumerated() where secrets[courier] != nil {
            let plan = world.faults(code)
            let events = scans.filter { $0.courier == courier }.map(\.event)
            guard !events.isEmpty else { continue }
            enqueue(events, courier, plan)
        }
    }

    private func enqueue(_ events: [TrackingEvent], _ courier: Int, _ plan: FaultPlan) {
        var (prompt, late): ([TrackingEvent], [TrackingEvent]) = ([], [])
        for event in events {
            if chance(plan.webhookLateRate, "late/\(event.id)") { late.append(event) } else { prompt.append(event) }
        }
        let size: Int
        switch reporting.form {
        case .batches(let most): size = max(1, most)
        case .single: size = 1
        }
        let now = world.now
        state.withLock { state in
            state.figures.events += Int64(events.count)
            for (events, dueAt) in [(prompt, now), (late, now + .milliseconds(plan.webhookLateMilliseconds))] {
                for start in stride(from: 0, to: events.count, by: size) {
                    let chunk = Array(events[start..<min(start + size, events.count)])
                    add(chunk, courier, dueAt, plan, &state)
                }
            }
        }
    }

    private func add(
        _ events: [TrackingEvent], _ courier: Int, _ dueAt: Instant, _ plan: FaultPlan, _ state: inout State
    ) {
        let id = "msg_\(codes[courier])_\(events[0].id)"
        var (events, dueAt) = (events, dueAt)
        if chance(plan.webhookReorderRate, "reorder/\(id)") {
            events.reverse()
            dueAt = dueAt + .milliseconds(500)
        }
        var times = [dueAt]
        if chance(plan.webhookDuplicateRate, "duplicate/\(id)") { times.append(dueAt + .milliseconds(100)) }
        for time in times {
            state.counter += 1
            state.waiting.insert(
                Message(dueAt: time, number: state.counter, courier: courier, id: id, events: events))
        }
    }

    private func chance(_ rate: Double, _ subject: String) -> Bool {
        guard rate > 0 else { return false }
        var generator = SeededGenerator(seed: StableHash.of(subject, seed: seed))
        return generator.chance(rate)
    }

    // MARK: Sending

    private func takeDue() -> [Message] {
        let now = world.now
        return state.withLock { state in
            var due: [Message] = []
            while due.count < Self.requestsInFlightMax, let first = state.waiting.first, first.dueAt <= now {
                due.append(first)
                _ = state.waiting.popFirst()
            }
            state.figures.messagesSent += Int64(due.count)
            return due
        }
    }

    private func send(_ message: Message) async {
        guard let secret = secrets[message.courier] else { return }
        let (path, body) = document(message)
        let seconds = world.now.milliseconds / 1000
        var request = HTTPClientRequest(url: reporting.baseURL + path)
        request.method = .POST
        request.headers = [
            "content-type": "application/json", "doorstep-carrier": codes[message.courier],
            WebhookSignature.idHeader: message.id, WebhookSignature.timestampHeader: String(seconds),
            WebhookSignature.signatureHeader: WebhookSignature.sign(
                id: message.id, timestamp: seconds, body: body, secrets: [secret]),
        ]
        request.body = .bytes(ByteBuffer(bytes: body))
        do {
            let response = try await client.execute(request, timeout: .seconds(10))
            let answer = try await response.body.collect(upTo: 1_048_576)
            conclude(message, Int(response.status.code), Array(answer.readableBytesView))
        } catch {
            logger.debug("no answer to a report", metadata: ["message": "\(message.id)", "error": "\(error)"])
            again(message)
        }
    }

    private func document(_ message: Message) -> (path: String, body: [UInt8]) {
        var writer = JSONWriter(reserving: 200 * message.events.count)
        switch reporting.form {
        case .batches:
            writer.object { json in
                json.member("events", array: message.events) { json, event in
                    json.object { event.write(&$0, withTrackingNumber: true) }
                }
            }
            return ("/v1/carriers/\(codes[message.courier])/tracking-events", writer.bytes)
        case .single:
            writer.object { message.events[0].write(&$0, withTrackingNumber: false) }
            return ("/v1/shipments/\(message.events[0].shipmentID)/status", writer.bytes)
        }
    }

    private func conclude(_ message: Message, _ status: Int, _ answer: [UInt8]) {
        switch status {
        case 200..<300:
            state.withLock { $0.figures.messagesTaken += 1 }
            reportUnknownAgain(message, answer)
        case 404, 408, 409, 425, 429: again(message)
        case 400..<500 where message.attempts >= Self.refusalsMax:
            logger.warning("a report was refused", metadata: ["message": "\(message.id)", "status": "\(status)"])
            state.withLock { $0.figures.messagesGivenUp += 1 }
        default: again(message)
        }
    }

    /// A batch is taken as a whole; tracking numbers that were not known yet come again in a message of their own.
    private func reportUnknownAgain(_ message: Message, _ answer: [UInt8]) {
        // One result per event, in their order; an answer that is no such list says nothing about them.
        let results = (try? JSONValue(parsing: answer))?["results"]?.array ?? []
        let events = zip(message.events, results).filter { $1["result"]?.string == "unknown_shipment" }.map(\.0)
        guard !events.isEmpty, message.attempts < 100 else { return }
        state.withLock { state in
            state.counter += 1
            var again = Message(
                dueAt: world.now + delay(message.attempts), number: state.counter, courier: message.courier,
                id: "\(message.id)+\(state.counter)", events: events)
            again.attempts = message.attempts + 1
            state.waiting.insert(again)
        }
    }

    private func again(_ message: Message) {
        var message = message
        message.dueAt = world.now + delay(message.attempts)
        message.attempts += 1
        state.withLock { $0.waiting.insert(message) }
    }

    private func delay(_ attempts: Int) -> Duration {
        .milliseconds(min(10_000, 100 << Int64(min(attempts, 10))))
    }
}
