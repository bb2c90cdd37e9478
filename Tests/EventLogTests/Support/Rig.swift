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
    /// So few events in a message that there are several messages, of which the last is not full.
    case kafkaInBatches, rabbitMQInBatches

    var testDescription: String { rawValue }

    /// Which server carries the events; `nil` for none.
    var server: BrokerServer.Kind? {
        switch self {
        case .local: nil
        case .kafka, .kafkaInBatches: .kafka
        case .rabbitMQ, .rabbitMQInBatches: .rabbitmq
        }
    }

    var batch: Int { self == .kafkaInBatches || self == .rabbitMQInBatches ? 7 : 1 }
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
        guard let kind = way.server else { return nil }
        let server = try server ?? BrokerServer.shared(kind)
        return try broker(kind, server.url(prefix: prefix), batch: way.batch)
    }

    static func broker(_ kind: BrokerServer.Kind, _ url: String, batch: Int) throws -> any EventBroker {
        let url = try BrokerURL("\(url)&batch=\(batch)")
        switch kind {
        case .kafka: return KafkaBroker(try KafkaSettings(url, partitions: 2))
        case .rabbitmq: return RabbitMQBroker(try RabbitMQSettings(url, partitions: 2))
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
