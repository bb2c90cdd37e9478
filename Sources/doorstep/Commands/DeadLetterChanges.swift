import ArgumentParser
import Contracts
import HTTPAPI
import Kernel
import Runtime
import SearchService

extension ParkingService: ExpressibleByArgument {}

/// Which letter is meant.
struct DeadLetterPlace: ParsableArguments {
    @Argument(help: "orders, warehouse, shipping or search.")
    var service: ParkingService

    @Argument(help: "The letter's id, as `dead-letters list` shows it.")
    var id: Int64

    /// - Throws: `no_such_dead_letter`.
    func read(_ folder: DataFolder) throws(Fault) -> DeadLetters.Letter {
        guard let letter = try folder.letters(of: service, limit: 1, after: id - 1).first, letter.id == id else {
            throw Fault("no_such_dead_letter", retryable: false, "\(service.rawValue) has no dead letter \(id).")
        }
        return letter
    }

    /// - Throws: as ``read(_:)``, and `refused` for a letter that was given up already.
    func readOpen(_ folder: DataFolder) throws(Fault) -> DeadLetters.Letter {
        let letter = try read(folder)
        guard letter.discardedBecause == nil else {
            throw Fault("refused", retryable: false, "\(service.rawValue) \(id) was discarded already.")
        }
        return letter
    }
}

struct DeadLetterReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Handles all parked inputs of a letter's key again, in order: all of them or none.",
        discussion: """
            Exit code 1 when one of them still cannot be handled; then nothing has changed.

            Example:
              doorstep dead-letters replay orders 3
            """)

    @OptionGroup var place: DeadLetterPlace
    @OptionGroup var data: DataOption

    func run() async throws {
        let folder = try data.existing()
        let letter = try place.readOpen(folder)
        let service = place.service
        let count = try await SystemChange.make(
            in: folder, scope: .keysManage,
            through: { try await $0.post("/v1/dead-letters/\(service.rawValue)/\(letter.id)/replay", "{}")["handled"] },
            directly: { system in
                let record = AuditRecord(
                    actor: SystemChange.actor, action: "replay_dead_letter", subject: "\(service.rawValue)/\(letter.id)"
                )
                return .integer(
                    Int64(try await system.handle(.replay(key: letter.key), letter.partition, record, service)))
            })
        Terminal.say("\(count?.integer ?? 0) parked inputs of key \(letter.key) are handled.")
    }
}

struct DeadLetterDiscardCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "discard",
        abstract: "Gives one parked input up, for a reason that is kept; what waits behind it stays parked.",
        discussion: """
            Example:
              doorstep dead-letters discard shipping 7 --reason "the parcel was delivered by hand"
            """)

    @OptionGroup var place: DeadLetterPlace

    @Option(help: "Why, for whoever asks later; 1 to 200 characters.")
    var reason: String

    @OptionGroup var data: DataOption

    func validate() throws {
        guard (1...200).contains(reason.count) else { throw ValidationError("--reason is 1 to 200 characters") }
    }

    func run() async throws {
        let folder = try data.existing()
        let service = place.service
        let letter = try place.readOpen(folder)
        let id = letter.id
        var body = JSONWriter()
        body.object { $0.member("reason", self.reason) }
        let (text, reason) = (body.text, self.reason)
        try await SystemChange.make(
            in: folder, scope: .keysManage,
            through: { _ = try await $0.post("/v1/dead-letters/\(service.rawValue)/\(id)/discard", text) },
            directly: { system in
                let record = AuditRecord(
                    actor: SystemChange.actor, action: "discard_dead_letter", subject: "\(service.rawValue)/\(id)",
                    reason: reason)
                _ = try await system.handle(.discard(id: id, reason: reason), letter.partition, record, service)
            })
        Terminal.say("\(service.rawValue) \(id) is discarded.")
    }
}

extension DataFolder {
    /// A service's letters in the order of their parking; none where it never ran.
    ///
    /// - Throws: as ``DatabaseConnection`` says.
    func letters(of service: ParkingService, limit: Int, after id: Int64 = 0) throws(Fault) -> [DeadLetters.Letter] {
        let part = service.topic.map { StoreLocation.Part($0) } ?? .search
        guard exists(part) else { return [] }
        let connection = try store.database(part).connect(.read)
        defer { connection.close() }
        guard try connection.hasTable("dead_letters") else { return [] }
        return try DeadLetters.list(connection, limit: limit, after: id)
    }
}

extension DoorstepSystem {
    /// - Returns: how many letters were handled.
    /// - Throws: `still_unhandled` with the fault of the first that failed again.
    func handle(
        _ action: DeadLetterRequest.Action, _ partition: Int, _ record: AuditRecord, _ service: ParkingService
    ) async throws(Fault) -> Int {
        let result: Result<Int, Fault>
        switch service {
        case .orders: result = await Self.ask(orders.mailbox.request, action, partition, record)
        case .warehouse: result = await Self.ask(warehouse.mailbox.request, action, partition, record)
        case .shipping: result = await Self.ask(shipping.mailbox.request, action, partition, record)
        case .search: result = try await askSearch(action, partition, record)
        }
        do throws(Fault) {
            return try result.get()
        } catch {
            throw Fault("still_unhandled", retryable: false, "It still cannot be handled: \(error)")
        }
    }

    /// The search service is none of the system's own: its workers run for a moment.
    private func askSearch(
        _ action: DeadLetterRequest.Action, _ partition: Int, _ record: AuditRecord
    ) async throws(Fault) -> Result<Int, Fault> {
        let workers = try await SearchWorker.startAll(
            folder, SystemConfiguration(), clock, recent, SearchListener(), IndexerWakeup()
        ) { Terminal.tell("search stopped: \($0)") }
        defer { workers.map(\.thread).stopAll(within: .seconds(5)) }
        guard workers.indices.contains(partition) else {
            throw Fault("no_such_partition", retryable: false, "search has no partition \(partition)")
        }
        return await Self.ask(workers[partition].mailbox.request, action, partition, record)
    }

    private static func ask(
        _ submit: (DeadLetterRequest) -> Void, _ action: DeadLetterRequest.Action, _ partition: Int,
        _ record: AuditRecord
    ) async -> Result<Int, Fault> {
        await withCheckedContinuation { continuation in
            submit(
                DeadLetterRequest(action, partition: partition, audit: record) { continuation.resume(returning: $0) })
        }
    }
}
