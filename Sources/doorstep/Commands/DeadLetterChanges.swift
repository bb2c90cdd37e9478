import ArgumentParser
import Contracts
import HTTPAPI
import Kernel
import Runtime

extension Topic: ExpressibleByArgument {}

/// Which letter is meant.
struct DeadLetterPlace: ParsableArguments {
    @Argument(help: "orders, warehouse or shipping.")
    var service: Topic

    @Argument(help: "The letter's id, as `dead-letters list` shows it.")
    var id: Int64

    /// - Throws: `no_such_dead_letter`.
    func read(_ folder: DataFolder) throws(Fault) -> DeadLetters.Letter {
        let connection = try folder.database(service).connect(.read)
        defer { connection.close() }
        guard let letter = try DeadLetters.list(connection, limit: 1, after: id - 1).first, letter.id == id else {
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
        let topic = place.service
        let count = try await SystemChange.make(
            in: folder, scope: .keysManage,
            through: { try await $0.post("/v1/dead-letters/\(topic.rawValue)/\(letter.id)/replay", "{}")["handled"] },
            directly: { system in
                let record = AuditRecord(
                    actor: SystemChange.actor, action: "replay_dead_letter", subject: "\(topic.rawValue)/\(letter.id)")
                return .integer(
                    Int64(try await system.handle(.replay(key: letter.key), letter.partition, record, topic)))
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
        let topic = place.service
        let letter = try place.readOpen(folder)
        let id = letter.id
        var body = JSONWriter()
        body.object { $0.member("reason", self.reason) }
        let (text, reason) = (body.text, self.reason)
        try await SystemChange.make(
            in: folder, scope: .keysManage,
            through: { _ = try await $0.post("/v1/dead-letters/\(topic.rawValue)/\(id)/discard", text) },
            directly: { system in
                let record = AuditRecord(
                    actor: SystemChange.actor, action: "discard_dead_letter", subject: "\(topic.rawValue)/\(id)",
                    reason: reason)
                _ = try await system.handle(.discard(id: id, reason: reason), letter.partition, record, topic)
            })
        Terminal.say("\(topic.rawValue) \(id) is discarded.")
    }
}

extension DoorstepSystem {
    /// - Returns: how many letters were handled.
    /// - Throws: `still_unhandled` with the fault of the first that failed again.
    func handle(
        _ action: DeadLetterRequest.Action, _ partition: Int, _ record: AuditRecord, _ topic: Topic
    ) async throws(Fault) -> Int {
        let result = await withCheckedContinuation { continuation in
            let request = DeadLetterRequest(action, partition: partition, audit: record) {
                continuation.resume(returning: $0)
            }
            switch topic {
            case .orders: orders.mailbox.request(request)
            case .warehouse: warehouse.mailbox.request(request)
            case .shipping: shipping.mailbox.request(request)
            }
        }
        do throws(Fault) {
            return try result.get()
        } catch {
            throw Fault("still_unhandled", retryable: false, "It still cannot be handled: \(error)")
        }
    }
}
