import ArgumentParser
import Contracts
import Kernel
import Runtime

struct DeadLettersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead-letters",
        abstract: "Shows inputs that could not be handled; all later inputs of their keys wait behind them.",
        discussion: """
            Examples:
              doorstep dead-letters list
              doorstep dead-letters show orders 3
            """,
        subcommands: [List.self, Show.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists parked inputs of all services.")

        @OptionGroup var data: DataOption

        func run() throws {
            let folder = try data.existing()
            var rows: [[String]] = []
            for topic in Topic.allCases {
                for letter in try DeadLetters.list(try folder.database(topic).connect(.read), limit: 1000) {
                    rows.append([
                        topic.rawValue, String(letter.id), String(letter.key), letter.label, letter.parkedAt.rfc3339,
                        letter.discardedBecause.map { "discarded: \($0)" } ?? letter.error ?? "behind",
                    ])
                }
            }
            Terminal.say(
                rows.isEmpty
                    ? "Nothing is parked."
                    : Terminal.table(["service", "id", "key", "input", "parked at", "error"], rows))
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Shows one parked input with its payload.")

        @Argument(help: "orders, warehouse or shipping.")
        var service: String

        @Argument(help: "The letter's id.")
        var id: Int64

        @OptionGroup var data: DataOption

        func run() throws {
            guard let topic = Topic(rawValue: service) else {
                throw ValidationError("A service is orders, warehouse or shipping.")
            }
            let connection = try data.existing().database(topic).connect(.read)
            guard let letter = try DeadLetters.list(connection, limit: 1, after: id - 1).first, letter.id == id else {
                throw ValidationError("\(service) has no dead letter \(id).")
            }
            Terminal.say("\(letter.label), key \(letter.key), parked \(letter.parkedAt.rfc3339)")
            if let error = letter.error { Terminal.say(error) }
            Terminal.say(letter.payload)
        }
    }
}
