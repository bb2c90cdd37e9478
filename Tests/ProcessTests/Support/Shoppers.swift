import Kernel
import Synchronization
import Testing

/// Clients that place orders until they are told to stop, and repeat a request under its key until it is answered.
final class Shoppers: Sendable {
    private struct State: Sendable {
        var acknowledged: [Int: String] = [:]
        var next = 0
        var isStopped = false
        var repetitions = 0
        var latencies: [Duration] = []
        var refusals: [String] = []
    }

    private let state = Mutex(State())
    private let shop: Requester
    private let seed: UInt64
    private let ordersMax: Int
    private let cancelRate: Double
    private let secondsToWait: Int

    /// - Parameters:
    ///   - ordersMax: placed at most.
    ///   - cancelRate: of the orders, cancelled by their customers within a second.
    ///   - secondsToWait: for the decision, as `Prefer: wait` asks.
    init(
        _ shop: Requester, seed: UInt64, ordersMax: Int, cancelRate: Double = 0.15, secondsToWait: Int = 2
    ) {
        self.shop = shop
        self.seed = seed
        self.ordersMax = ordersMax
        self.cancelRate = cancelRate
        self.secondsToWait = secondsToWait
    }

    /// Order ids by the order's number.
    var acknowledged: [Int: String] { state.withLock { $0.acknowledged } }
    /// Requests that were sent again since no answer came.
    var repetitions: Int { state.withLock { $0.repetitions } }
    /// Answers that no repetition changes; there must be none.
    var refusals: [String] { state.withLock { $0.refusals } }

    func stop() { state.withLock { $0.isStopped = true } }

    /// Of the answers since the last call, sorted.
    func takeLatencies() -> [Duration] {
        state.withLock { state in
            defer { state.latencies = [] }
            return state.latencies.sorted()
        }
    }

    /// Places orders with so many clients at a time, until stopped or until all are placed.
    ///
    /// - Parameters:
    ///   - pause: of each client between two orders.
    ///   - last: the number of the last order of this run, by default of all.
    func run(clients: Int, pause: Duration, upTo last: Int = .max) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<clients {
                group.addTask {
                    while let number = self.nextNumber(upTo: last) {
                        try await self.place(number)
                        try await Task.sleep(for: pause)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private func nextNumber(upTo last: Int) -> Int? {
        state.withLock { state in
            guard !state.isStopped, state.next < min(ordersMax, last) else { return nil }
            state.next += 1
            return state.next
        }
    }

    private func place(_ number: Int) async throws {
        let headers = ["prefer": "wait=\(secondsToWait)"]
        let start = ContinuousClock.now
        let answer = try await insist(
            "/v1/orders", Shop.order(number, seed: seed), key: "order-\(seed)-\(number)", headers: headers)
        guard answer.status == 201, let id = answer.json["id"]?.string else {
            state.withLock { $0.refusals.append("order \(number): \(answer.status) \(answer.text)") }
            return
        }
        let latency = ContinuousClock.now - start
        state.withLock { state in
            state.acknowledged[number] = id
            state.latencies.append(latency)
        }
        var random = SeededGenerator(seed: seed &+ UInt64(number) &* 104_729)
        guard random.chance(cancelRate) else { return }
        // At any step of the order, also when its label is booked.
        try await Task.sleep(for: .milliseconds(Int(random.next() % 800)))
        let cancelled = try await insist("/v1/orders/\(id)/cancel", "{}", key: "cancel-\(seed)-\(number)")
        guard cancelled.status == 202 || cancelled.status == 409 else {
            state.withLock { $0.refusals.append("cancel \(number): \(cancelled.status) \(cancelled.text)") }
            return
        }
    }

    /// Sends a request again under the same key until it is answered, and not by 5xx.
    private func insist(
        _ path: String, _ body: String, key: String, headers: [String: String] = [:]
    ) async throws -> Answer {
        try await eventually("an answer to \(key)", within: .seconds(90)) {
            do {
                let answer = try await shop.post(
                    path, body, key: key, headers: headers, within: .seconds(Int64(secondsToWait + 8)))
                // A request that went on after its client had given up is no refusal.
                let isInFlight = answer.json["code"]?.string == "idempotency_key_in_flight"
                if answer.status < 500, !isInFlight { return answer }
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                // Nobody answered: the order may have been accepted or not.
            }
            state.withLock { $0.repetitions += 1 }
            return nil
        }
    }
}
