import Kernel
import Ports
import Warehouse

/// Does the floor's work by itself, and finds every return that was approved complete and good, so that a demo, a test or an import runs without people.
///
/// Synchronous and without state: it reads what waits and says which commands to submit, so it works under a virtual
/// clock as well as from a thread. Asking again before they were handled gives the same commands, whose second
/// submission is answered `task_closed` or `already_handed_over` and changes nothing.
public struct AutoWorker: Sendable {
    /// How long work waits before it is done.
    public struct Delays: Sendable, Equatable {
        public var pick: Duration
        public var pack: Duration
        public var handOver: Duration
        public var putBack: Duration
        public var receive: Duration

        public init(
            pick: Duration = .zero, pack: Duration = .zero, handOver: Duration = .zero, putBack: Duration = .zero,
            receive: Duration = .zero
        ) {
            self.pick = pick
            self.pack = pack
            self.handOver = handOver
            self.putBack = putBack
            self.receive = receive
        }

        /// The same for all work.
        public init(all delay: Duration) {
            self.init(pick: delay, pack: delay, handOver: delay, putBack: delay, receive: delay)
        }
    }

    /// What goes wrong on the floor.
    public struct Faults: Sendable, Equatable {
        /// Of the pick tasks, how many are short, 0–1.
        public var shortPickFraction: Double
        /// The same seed makes the same tasks short.
        public var seed: UInt64

        public init(shortPickFraction: Double = 0, seed: UInt64 = 0) {
            self.shortPickFraction = shortPickFraction
            self.seed = seed
        }

        public static let none = Faults()
    }

    public let delays: Delays
    public let faults: Faults
    /// Under which it works.
    public let name: String
    /// Tasks of each kind per call at most.
    public let limit: Int

    public init(
        delays: Delays = Delays(), faults: Faults = .none, name: String = "auto-worker", limit: Int = 1000
    ) {
        precondition(limit > 0 && (0...1).contains(faults.shortPickFraction), "\(limit) \(faults)")
        self.delays = delays
        self.faults = faults
        self.name = name
        self.limit = limit
    }

    private var steps: [(FulfillmentStep, Duration)] {
        [
            (.picking, delays.pick), (.packing, delays.pack), (.labelled, delays.handOver),
            (.puttingBack, delays.putBack), (.returning, delays.receive),
        ]
    }

    /// The work that is due: ready tasks that nobody has taken, and labelled parcels. One batch command per kind.
    ///
    /// - Throws: as `DatabaseConnection` says.
    public func commands(_ database: any DatabaseConnection, now: Instant) throws(Fault) -> [WarehouseCommand] {
        var commands: [WarehouseCommand] = []
        for (step, delay) in steps {
            let due: [FulfillmentID] = try database.rows(
                """
                SELECT id FROM fulfillments
                WHERE step IN (2, 3, 5, 9, 10) AND step = $1 AND since <= $2 AND task_status <= 1
                ORDER BY since, id LIMIT $3
                """, [.integer(step.rawValue), .instant(now - delay), .int(limit)]
            ) { $0.id(0) }
            guard !due.isEmpty else { continue }
            guard let kind = step.work else {
                commands.append(.handOverBatch(due.map { HandOver(fulfillmentID: $0, actor: name) }))
                continue
            }
            commands.append(
                .workBatch(
                    try due.map { id throws(Fault) in
                        WorkOnTask(
                            taskID: WorkTask.id(kind, of: id), worker: name,
                            action: kind == .pick ? try pick(id, database) : .complete)
                    }))
        }
        let sent: [ReturnID] = try database.rows(
            """
            SELECT id FROM returns WHERE received_at IS NULL AND expected_at <= $1
            ORDER BY expected_at, id LIMIT $2
            """, [.instant(now - delays.receive), .int(limit)]
        ) { $0.id(0) }
        if !sent.isEmpty {
            commands.append(.receiveReturns(sent.map { ReceiveCustomerReturn(returnID: $0, worker: name) }))
        }
        return commands
    }

    /// When the next work is due; `nil` when there is none, in the past when it is due already.
    public func nextDue(_ database: any DatabaseConnection) throws(Fault) -> Instant? {
        var next: Instant?
        for (step, delay) in steps {
            let since = try database.first(
                """
                SELECT min(since) FROM fulfillments
                WHERE step IN (2, 3, 5, 9, 10) AND step = $1 AND task_status <= 1
                """, [.integer(step.rawValue)]
            ) { $0.optionalInstant(0) }
            if let since = since ?? nil { next = min(next ?? since + delay, since + delay) }
        }
        let expected = try database.first(
            "SELECT min(expected_at) FROM returns WHERE received_at IS NULL"
        ) { $0.optionalInstant(0) }
        if let expected = expected ?? nil {
            next = min(next ?? expected + delays.receive, expected + delays.receive)
        }
        return next
    }

    private func pick(_ id: FulfillmentID, _ database: any DatabaseConnection) throws(Fault) -> WorkOnTask.Action {
        guard faults.shortPickFraction > 0 else { return .complete }
        var chance = SeededGenerator(seed: faults.seed ^ UInt64(bitPattern: id.rawValue))
        guard chance.chance(faults.shortPickFraction) else { return .complete }
        let lines = try database.rows(
            "SELECT line, sum(quantity) FROM allocations WHERE fulfillment = $1 GROUP BY line ORDER BY line",
            [.id(id)]
        ) { LineQuantity(line: $0.int(0), quantity: $0.int(1)) }
        guard let line = lines.randomElement(using: &chance) else { return .complete }
        let found = Int.random(in: 0..<line.quantity, using: &chance)
        return .completeShort(reason: "not_on_shelf", found: [LineQuantity(line: line.line, quantity: found)])
    }
}
