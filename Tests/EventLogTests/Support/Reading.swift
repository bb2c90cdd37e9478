import Contracts
import Kernel
import Ports
import Runtime

/// Reads a broker, with or without the log behind it.
final class Reading {
    private let buffer = EventBuffer()
    private let signal = Signal()
    private let producer: Producer
    private var threads: [LoopThread] = []

    /// What stands in for a log that cannot be read: what a test reads must have come through the broker. It confirms
    /// single events, or is not there at all.
    final class Unreachable: EventLog {
        private let witness: (any EventLog)?

        init(witness: (any EventLog)?) { self.witness = witness }

        func read(_ topic: Topic, partition: Int, after position: Int64, limit: Int) throws(Fault) -> [Envelope] {
            guard let witness, limit == 1 else { throw Fault("log_unreachable", retryable: true, "on purpose") }
            return try witness.read(topic, partition: partition, after: position, limit: limit)
        }
        func readByAll(_ topic: Topic, partition: Int) throws(Fault) -> Int64 { 0 }
    }

    /// - Parameters:
    ///   - origin: `nil` where the log cannot be read.
    ///   - isConfirmed: whether the log, where it cannot be read, confirms single events.
    init(_ broker: any EventBroker, _ producer: Producer, origin: Producer?, isConfirmed: Bool = true) {
        self.producer = producer
        let (buffer, clock) = (buffer, producer.clock)
        let database = origin?.database
        let witness = isConfirmed ? producer.database : nil
        let log: @Sendable () -> any EventLog = {
            database.map { LocalEventLog(databases: [.orders: $0], recent: RecentEvents()) }
                ?? Unreachable(
                    witness: witness.map { LocalEventLog(databases: [.orders: $0], recent: RecentEvents()) })
        }
        start { BrokerPump(broker, into: buffer, origin: log(), clock: clock) }
        if database != nil { start { OriginPump(log(), into: buffer, clock: clock, backsUpBroker: true) } }
    }

    deinit {
        threads.stopAll(within: .seconds(10))
    }

    private func start(_ make: @escaping @Sendable () -> any Loop) {
        threads.append(LoopThread(name: "reading", signal: Signal(), clock: producer.clock, make: make))
    }

    /// A new reader.
    func log() -> BufferedEventLog {
        BufferedEventLog(buffer, signal: signal, clock: producer.clock, cursors: producer.origin)
    }

    /// Reads with a new reader until so many have come, or the time is over.
    func read(
        _ count: Int, after position: Int64 = 0, partition: Int = 0, within seconds: Int = 30
    ) throws -> [Envelope] {
        try Pages.read(count, from: log(), partition: partition, after: position, within: seconds, signal: signal)
    }
}
