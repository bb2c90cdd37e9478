import Contracts
import Foundation
import KafkaLog
import Kernel
import Ports
import RabbitMQLog
import Runtime
import SQLiteStore
import Synchronization
import TestServers
import Testing

/// A way for events from a producer to its readers.
enum Way: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case local, kafka, rabbitMQ

    var testDescription: String { rawValue }
}

/// A producer, and what brings its events to readers.
final class Rig {
    let producer: Producer
    let broker: (any EventBroker)?
    let signal = Signal()
    let status = RelayStatus()
    private let buffer = EventBuffer()
    private var threads: [LoopThread] = []
    private static let names = Atomic(0)

    /// - Parameters:
    ///   - server: the one of all tests unless given.
    ///   - hasOrigin: whether the log itself can be read where the broker has nothing.
    convenience init(_ way: Way, server: BrokerServer? = nil, hasOrigin: Bool = false) throws {
        try self.init(broker: try Self.broker(way, server), hasOrigin: hasOrigin)
    }

    init(broker: (any EventBroker)?, hasOrigin: Bool = false) throws {
        producer = try Producer()
        self.broker = broker
        guard let broker else { return }
        let (database, recent, clock, status) = (producer.database, producer.recent, producer.clock, status)
        start("relay", producer.committed) {
            Relay(
                .orders, partitions: { Producer.partitions }, broker: broker, database: database,
                log: LocalEventLog(databases: [.orders: database], recent: recent), clock: clock, status: status)
        }
        let origin: @Sendable () -> any EventLog = {
            let log = LocalEventLog(databases: [.orders: database], recent: RecentEvents())
            return hasOrigin ? log : Reading.Unreachable(witness: log)
        }
        let buffer = buffer
        start("broker", Signal()) { BrokerPump(broker, into: buffer, origin: origin(), clock: clock) }
        if hasOrigin {
            start("origin", Signal()) { OriginPump(origin(), into: buffer, clock: clock, backsUpBroker: true) }
        }
    }

    deinit {
        threads.stopAll(within: .seconds(10))
    }

    private func start(_ name: String, _ signal: Signal, _ make: @escaping @Sendable () -> any Loop) {
        threads.append(LoopThread(name: name, signal: signal, clock: producer.clock, make: make))
    }

    static func broker(_ way: Way, _ server: BrokerServer? = nil) throws -> (any EventBroker)? {
        let prefix = "t\(names.wrappingAdd(1, ordering: .relaxed).newValue)"
        switch way {
        case .local: return nil
        case .kafka:
            let server = try server ?? BrokerServer.shared(.kafka)
            return KafkaBroker(try KafkaSettings(try BrokerURL(server.url(prefix: prefix)), partitions: 2))
        case .rabbitMQ:
            let server = try server ?? BrokerServer.shared(.rabbitmq)
            return RabbitMQBroker(try RabbitMQSettings(try BrokerURL(server.url(prefix: prefix)), partitions: 2))
        }
    }

    /// A new reader.
    func log() -> any EventLog {
        guard broker != nil else {
            return LocalEventLog(databases: [.orders: producer.database], recent: producer.recent)
        }
        return BufferedEventLog(buffer, signal: signal, clock: producer.clock, cursors: producer.origin)
    }

    /// Reads until so many have come, or the time is over.
    func read(
        _ count: Int, from log: any EventLog, partition: Int = 0, after position: Int64 = 0, limit: Int = 1000,
        within seconds: Int = 30
    ) throws -> [Envelope] {
        try Pages.read(
            count, from: log, partition: partition, after: position, limit: limit, within: seconds, signal: signal)
    }
}
