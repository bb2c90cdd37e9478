import ArgumentParser
import Contracts
import HTTPAPI
import Kernel
import Runtime

struct DeadLettersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead-letters",
        abstract: "Shows, replays and discards inputs that could not be handled.",
        discussion: """
            All later inputs of the same key wait behind the first that could not be handled. Listing and showing read
            the data folder, also while `doorstep serve` runs. Replaying and discarding ask the server that runs on the
            folder; when none runs, they are done here, and calls to the outside wait for the next start.

            Examples:
              doorstep dead-letters list
              doorstep dead-letters show orders 3
              doorstep dead-letters replay orders 3
              doorstep dead-letters discard orders 3 --reason "the order was entered by hand"
            """,
        subcommands: [List.self, Show.self, DeadLetterReplayCommand.self, DeadLetterDiscardCommand.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists parked inputs of all services.",
            discussion: """
                Examples:
                  doorstep dead-letters list
                  doorstep dead-letters list --json --data /var/lib/doorstep
                """)

        @Flag(help: "Print JSON.")
        var json = false

        @OptionGroup var data: DataOption

        func run() throws {
            let folder = try data.existing()
            var letters: [(service: ParkingService, letter: DeadLetters.Letter)] = []
            for service in ParkingService.allCases {
                letters += try folder.letters(of: service, limit: 1000).map { (service, $0) }
            }
            Terminal.say(json ? Self.document(letters) : Self.text(letters))
        }

        private static func text(_ letters: [(service: ParkingService, letter: DeadLetters.Letter)]) -> String {
            if letters.isEmpty { return "Nothing is parked." }
            return Terminal.table(
                ["service", "id", "key", "input", "parked at", "error"],
                letters.map { service, letter in
                    [
                        service.rawValue, String(letter.id), String(letter.key), letter.label, letter.parkedAt.rfc3339,
                        letter.discardedBecause.map { "discarded: \($0)" } ?? letter.error ?? "behind",
                    ]
                })
        }

        private static func document(_ letters: [(service: ParkingService, letter: DeadLetters.Letter)]) -> String {
            var json = JSONWriter()
            json.object { json in
                json.member("data", array: letters) { json, entry in
                    json.object { json in
                        json.member("service", entry.service.rawValue)
                        json.write(entry.letter)
                    }
                }
            }
            return json.text
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows one parked input with its payload.",
            discussion: """
                Example:
                  doorstep dead-letters show orders 3
                """)

        @OptionGroup var place: DeadLetterPlace

        @Flag(help: "Print JSON.")
        var json = false

        @OptionGroup var data: DataOption

        func run() throws {
            let letter = try place.read(try data.existing())
            if json {
                var json = JSONWriter()
                json.object { json in
                    json.member("service", place.service.rawValue)
                    json.write(letter)
                }
                return Terminal.say(json.text)
            }
            Terminal.say("\(letter.label), key \(letter.key), parked \(letter.parkedAt.rfc3339)")
            if let reason = letter.discardedBecause { Terminal.say("discarded: \(reason)") }
            if let error = letter.error { Terminal.say(error) }
            Terminal.say(letter.payload)
        }
    }
}
