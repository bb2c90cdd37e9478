import ArgumentParser
import HTTPAPI
import Kernel

struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Makes, lists and revokes API keys; a running server notices at once.",
        discussion: """
            Examples:
              doorstep keys create shop --scope orders:read --scope orders:write
              doorstep keys list
              doorstep keys revoke key_01jd…
            """,
        subcommands: [Create.self, List.self, Revoke.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Makes a key and shows its token, once.")

        @Argument(help: "What it is for.")
        var name: String

        @Option(help: "A scope; repeat for several. None gives all.")
        var scope: [String] = []

        @OptionGroup var data: DataOption

        func run() async throws {
            var scopes: Set<Scope> = []
            for text in scope {
                guard let scope = Scope(rawValue: text) else {
                    throw ValidationError(
                        "No scope '\(text)'. There are: \(Scope.allCases.map(\.rawValue).joined(separator: ", "))")
                }
                scopes.insert(scope)
            }
            let store = try await AccessStore.open(try data.existing().access, clock: SystemClock())
            let (_, token) = try await store.create(
                name: name, scopes: scopes.isEmpty ? Set(Scope.allCases) : scopes, expiresAt: nil,
                actor: "command line")
            Terminal.say(token)
            store.stop()
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists keys, revoked ones too; never their secrets.")

        @OptionGroup var data: DataOption

        func run() async throws {
            let store = try await AccessStore.open(try data.existing().access, clock: SystemClock())
            let rows = try await store.list().map { key in
                [
                    key.id.text, key.name, key.revokedAt == nil ? "active" : "revoked",
                    key.scopes.sorted().map(\.rawValue).joined(separator: " "),
                ]
            }
            Terminal.say(Terminal.table(["id", "name", "state", "scopes"], rows))
            store.stop()
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Revokes a key.")

        @Argument(help: "The key's id, as `keys list` shows it.")
        var id: String

        @OptionGroup var data: DataOption

        func run() async throws {
            guard let id = APIKeyID(text: id) else { throw ValidationError("'\(id)' is no key id.") }
            let store = try await AccessStore.open(try data.existing().access, clock: SystemClock())
            defer { store.stop() }
            guard try await store.revoke(id, actor: "command line") else {
                throw Fault("no_such_key", retryable: false, "There is no active key \(id).")
            }
            Terminal.say("\(id) is revoked.")
        }
    }
}
