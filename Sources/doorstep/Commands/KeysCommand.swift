import ArgumentParser
import HTTPAPI
import Kernel

struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Makes, lists, rotates and revokes API keys; a running server notices at once.",
        discussion: """
            Examples:
              doorstep keys create shop --scope orders:read --scope orders:write
              doorstep keys create audit --scope audit:read --expires-in-days 30
              doorstep keys list
              doorstep keys rotate key_01jd… --overlap-hours 1
              doorstep keys revoke key_01jd…
            """,
        subcommands: [Create.self, List.self, Rotate.self, Revoke.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a key and shows its token, once.",
            discussion: """
                Only the token goes to standard output, so that a script can keep it.

                Examples:
                  doorstep keys create shop --scope orders:read --scope orders:write
                  TOKEN=$(doorstep keys create nightly-report --scope audit:read)
                """)

        @Argument(help: "What it is for.")
        var name: String

        @Option(help: "A scope; repeat for several. None gives all.")
        var scope: [String] = []

        @Option(help: "After so many days it is refused; without it, it lasts until it is revoked.")
        var expiresInDays: Int?

        @Flag(help: "Print JSON: what POST /v1/keys answers.")
        var json = false

        @OptionGroup var data: DataOption

        func validate() throws {
            guard expiresInDays.map({ (1...3650).contains($0) }) ?? true else {
                throw ValidationError("--expires-in-days is 1 to 3,650")
            }
        }

        func run() async throws {
            let expiresAt = expiresInDays.map { SystemClock().now + .seconds(Int64($0) * 86_400) }
            var scopes: Set<Scope> = []
            for text in scope {
                guard let scope = Scope(rawValue: text) else {
                    throw ValidationError(
                        "No scope '\(text)'. There are: \(Scope.allCases.map(\.rawValue).joined(separator: ", "))")
                }
                scopes.insert(scope)
            }
            let store = try await AccessStore.open(try data.existing().access, clock: SystemClock())
            defer { store.stop() }
            let (key, token) = try await store.create(
                name: name, scopes: scopes.isEmpty ? Set(Scope.allCases) : scopes, expiresAt: expiresAt,
                actor: SystemChange.actor)
            guard json else { return Terminal.say(token) }
            var json = JSONWriter()
            json.object { KeyDocument.write(key, token, &$0) }
            Terminal.say(json.text)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists keys, revoked ones too; never their secrets.",
            discussion: """
                Examples:
                  doorstep keys list
                  doorstep keys list --json --data /var/lib/doorstep
                """)

        @Flag(help: "Print JSON: the members that GET /v1/keys has.")
        var json = false

        @OptionGroup var data: DataOption

        func run() async throws {
            let store = try await AccessStore.open(try data.existing().access, clock: SystemClock())
            defer { store.stop() }
            let keys = try await store.list()
            Terminal.say(json ? Self.document(keys) : Self.text(keys))
        }

        private static func text(_ keys: [APIKey]) -> String {
            if keys.isEmpty { return "There are no keys." }
            return Terminal.table(
                ["id", "name", "state", "expires", "scopes"],
                keys.map { key in
                    [
                        key.id.text, key.name, state(of: key), key.expiresAt?.description ?? "never",
                        key.scopes.sorted().map(\.rawValue).joined(separator: " "),
                    ]
                })
        }

        private static func document(_ keys: [APIKey]) -> String {
            var json = JSONWriter()
            json.object { json in
                json.member("data", array: keys) { json, key in
                    json.object { KeyDocument.write(key, nil, &$0) }
                }
            }
            return json.text
        }

        private static func state(of key: APIKey) -> String {
            if key.revokedAt != nil { return "revoked" }
            return key.expiresAt.map { $0 <= SystemClock().now } ?? false ? "expired" : "active"
        }
    }

    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Gives a key a new token and shows it, once; the former one works for a while longer.",
            discussion: """
                Examples:
                  doorstep keys rotate key_01jd…
                  doorstep keys rotate key_01jd… --overlap-hours 0
                """)

        @Argument(help: "The key's id, as `keys list` shows it.")
        var id: String

        @Option(help: "For how many hours the former token goes on working; 0 if somebody else knows it.")
        var overlapHours = 24

        @OptionGroup var data: DataOption

        func validate() throws {
            guard (0...720).contains(overlapHours) else { throw ValidationError("--overlap-hours is 0 to 720") }
        }

        func run() async throws {
            guard let id = APIKeyID(text: id) else { throw ValidationError("'\(id)' is no key id.") }
            let store = try await AccessStore.open(try data.existing().access, clock: SystemClock())
            defer { store.stop() }
            let token = try await store.rotate(
                id, overlap: .seconds(Int64(overlapHours) * 3600), actor: SystemChange.actor)
            guard let token else { throw Fault("no_such_key", retryable: false, "There is no active key \(id).") }
            Terminal.say(token)
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Revokes a key.",
            discussion: """
                A running server refuses it from the next request on.

                Example:
                  doorstep keys revoke key_01jd…
                """)

        @Argument(help: "The key's id, as `keys list` shows it.")
        var id: String

        @OptionGroup var data: DataOption

        func run() async throws {
            guard let id = APIKeyID(text: id) else { throw ValidationError("'\(id)' is no key id.") }
            let store = try await AccessStore.open(try data.existing().access, clock: SystemClock())
            defer { store.stop() }
            guard try await store.revoke(id, actor: SystemChange.actor) else {
                throw Fault("no_such_key", retryable: false, "There is no active key \(id).")
            }
            Terminal.say("\(id) is revoked.")
        }
    }
}
