import Contracts
import Foundation
import Kernel
import Ports
import Runtime
import SQLiteStore
import Testing

/// Goes on like the machine's clock, from an instant that is the same for every test.
struct RunningClock: WallClock {
    private let start = ContinuousClock.now
    var now: Instant { Instant(milliseconds: 1_764_000_000_000) + (ContinuousClock.now - start) }
}

/// A service with a database of its own and two partitions, whose logs a test fills.
final class Producer {
    static let partitions = [0, 1]

    let folder: URL
    let database: SQLiteDatabase
    let recent = RecentEvents()
    let clock = RunningClock()
    /// Raised by each commit.
    let committed = Signal()
    private var workers: [Worker<SayingLogic>] = []
    /// Everything that was said, by partition.
    private(set) var said: [[Envelope]] = [[], []]
    private var number: Int64 = 0

    private final class NoEffects: EffectSink {
        func submit(_ effects: [Effect]) {}
    }

    init(retention: Retention = Retention()) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "doorstep-log-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        database = SQLiteDatabase(path: folder.appending(path: "orders.db").path)
        for partition in Self.partitions {
            workers.append(
                try Worker(
                    SayingLogic(.orders), database: database, log: origin, recent: recent, effects: NoEffects(),
                    observers: [SignalOnCommit(.orders, committed)], clock: clock,
                    options: WorkerOptions(
                        partition: partition, owner: "test", formerOwnerIsGone: true, retention: retention)))
        }
    }

    deinit {
        for worker in workers { worker.close() }
        try? FileManager.default.removeItem(at: folder)
    }

    /// Appends so many events, a hundred per commit.
    func say(_ count: Int, partition: Int = 0) throws {
        var rest = count
        while rest > 0 {
            let events = (0..<min(100, rest)).map { _ in event() }
            rest -= events.count
            workers[partition].mailbox.submit(Submission(events, completion: { _ in }))
            try workers[partition].step()
        }
        let connection = try database.connect(.read)
        defer { connection.close() }
        said[partition] += try LogTable.read(
            .orders, connection, partition: partition, after: Int64(said[partition].count), limit: count)
    }

    private func event() -> Event {
        number += 1
        return .orders(
            .productRegistered(
                ProductRegistered(
                    productID: ProductID(rawValue: number), sku: "S-\(number)", name: "Größe \"\(number)\"",
                    weightGrams: Int(number))))
    }

    /// The log behind everything else.
    var origin: LocalEventLog { LocalEventLog(databases: [.orders: database], recent: RecentEvents()) }
}
