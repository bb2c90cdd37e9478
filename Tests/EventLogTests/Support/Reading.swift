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

    /// What stands in for a log that cannot be reached: what a test reads must have come through the broker.
    final class Unreachable: EventLog {
        func read(_ topic: Topic, partition: Int, after position: Int64, limit: Int) throws(Fault) -> [Envelope] {
            throw Fault("log_unreachable", retryable: true, "on purpose")
        }
        func readByAll(_ topic: Topic, partition: Int) throws(Fault) -> Int64 { 0 }
    }

    /// - Parameter origin: `nil` where the log cannot be reached.
    init(_ broker: any EventBroker, _ producer: Producer, origin: Producer?) {
        self.producer = producer
        let (buffer, clock) = (buffer, producer.clock)
        let database = origin?.database
        let log: @Sendable () -> any EventLog = {
            database.map { LocalEventLog(databases: [.orders: $0], recent: RecentEvents()) } ?? Unreachable()
        }
        start { BrokerPump(broker, into: buffer, origin: log(), clock: clock) }
        if database != nil { start { OriginPump(log(), into: buffer, clock: clock, backsUpBroker: true) } }
    }

    deinit {
        for thread in threads { thread.askToStop() }
        for thread in threads { thread.stop(within: .seconds(10)) }
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
