import Contracts
import Foundation
import Kernel
import Ports
import Runtime
import Synchronization
import TestServers

/// A worker on a real SQLite file, driven step by step under a virtual clock.
final class Bench {
    final class VirtualClock: WallClock {
        private let time = Mutex(Instant(milliseconds: 1_764_000_000_000))
        var now: Instant { time.withLock { $0 } }
        func advance(_ duration: Duration) { time.withLock { $0 = $0 + duration } }
    }

    final class EffectRecorder: EffectSink {
        private let submitted = Mutex<[Effect]>([])
        func submit(_ effects: [Effect]) { submitted.withLock { $0 += effects } }
        func takeAll() -> [Effect] {
            submitted.withLock { effects in
                defer { effects = [] }
                return effects
            }
        }
    }

    /// A log that a test writes by hand.
    final class ScriptedLog: EventLog {
        var envelopes: [Envelope] = []
        /// How far the readers of the bench's own topic have come.
        var readByOthers: Int64 = 0

        func readByAll(_ topic: Topic, partition: Int) throws(Fault) -> Int64 { readByOthers }

        func read(_ topic: Topic, partition: Int, after position: Int64, limit: Int) throws(Fault) -> [Envelope] {
            Array(envelopes.filter { $0.position > position }.prefix(limit))
        }
        func add(_ product: Int64, from partition: Int = 0) {
            envelopes.append(
                Envelope(
                    partition: partition, position: Int64(envelopes.count + 1), recordedAt: Instant(milliseconds: 0),
                    event: .orders(
                        .productRegistered(
                            ProductRegistered(
                                productID: ProductID(rawValue: product), sku: "s", name: "n", weightGrams: 1)))))
        }
    }

    let folder: URL
    let database: any Database
    let clock = VirtualClock()
    let effects = EffectRecorder()
    let log = ScriptedLog()
    let logic = TallyLogic()

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "doorstep-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        database = try TestStore.current.database("test", in: folder)
    }

    /// Of the file, on SQLite.
    var path: String { folder.appending(path: "test.db").path }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func worker(
        owner: String = "one", formerOwnerIsGone: Bool = true, retention: Retention = Retention(), partition: Int = 0,
        of count: Int = 1
    ) throws -> Worker<TallyLogic> {
        try Worker(
            logic, database: database, log: log, recent: RecentEvents(), effects: effects, clock: clock,
            options: WorkerOptions(
                partition: partition, partitionCount: count, owner: owner, formerOwnerIsGone: formerOwnerIsGone,
                retention: retention))
    }

    func tally(_ product: Int64) throws -> Int64 {
        let connection = try database.connect(.read)
        defer { connection.close() }
        return try connection.integer("SELECT n FROM tallies WHERE product = $1", [.integer(product)])
    }
}

/// Collects answers.
final class Answers: Sendable {
    private let all = Mutex<[String]>([])
    var texts: [String] { all.withLock { $0 } }

    func submission(
        _ command: TallyLogic.Command, key: String? = nil, fingerprint: UInt8 = 1
    ) -> Submission<TallyLogic.Command, Int64> {
        Submission(
            command, idempotency: key.map { IdempotencyKey(client: 7, key: $0, fingerprint: [fingerprint]) },
            render: { Array("answer \($0)".utf8) },
            completion: { [self] answer in
                let text =
                    switch answer {
                    case .accepted(let reply): "accepted \(reply)"
                    case .replayed(let bytes): "replayed \(String(decoding: bytes, as: UTF8.self))"
                    case .keyReused: "key reused"
                    case .rejected(let rejection): "rejected \(rejection.code)"
                    case .parked: "parked"
                    case .unavailable(let fault): "unavailable \(fault.code)"
                    }
                all.withLock { $0.append(text) }
            })
    }
}
