import ArgumentParser
import Kernel

struct CircuitsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "circuits",
        abstract: "Shows which outside parties a running server holds calls back from.",
        discussion: """
            Asks the server that runs on the folder, since circuits live in its memory: those that have work, are not
            closed or count failures. Exit code 0 when all are closed, 1 when one is not, 69 when no server answers.

            Examples:
              doorstep circuits
              doorstep circuits --url https://shop.example --token dsk_… --json
            """)

    @OptionGroup var data: DataOption

    @Option(help: "Another server than the one that runs on the folder; needs --token.")
    var url: String?

    @Option(help: "An API key of that server with the scope audit:read.")
    var token: String?

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard (url == nil) == (token == nil) else { throw ValidationError("--url and --token go together") }
    }

    func run() async throws {
        let document = try await ask()
        let circuits = document["data"]?.array ?? []
        Terminal.say(json ? Self.written(document) : Self.text(circuits))
        if circuits.contains(where: { $0["state"]?.string != "closed" }) {
            throw ExitCode(ExitStatus.isNotWell.rawValue)
        }
    }

    private func ask() async throws -> JSONValue {
        if let url, let token { return try await ServerCall(url: url, token: token).get("/v1/circuits") }
        let folder = try data.existing()
        guard let url = folder.livingServerURL(now: SystemClock().now) else {
            throw Fault("server_unreachable", retryable: true, "No server runs on '\(data.data)'.")
        }
        return try await ServerCall.with(url, folder, .auditRead) { try await $0.get("/v1/circuits") }
    }

    private static func written(_ document: JSONValue) -> String {
        var writer = JSONWriter()
        writer.value(document)
        return writer.text
    }

    static func text(_ circuits: [JSONValue]) -> String {
        guard !circuits.isEmpty else { return "All circuits are closed." }
        let rows = circuits.map { circuit in
            [
                circuit["destination"]?.string ?? "", circuit["state"]?.string ?? "",
                circuit["since"]?.string ?? "", circuit["failures"]?.integer.map(String.init) ?? "",
                circuit["waiting"]?.integer.map(String.init) ?? "",
                circuit["in_flight"]?.integer.map(String.init) ?? "",
            ]
        }
        return Terminal.table(["destination", "state", "since", "failures", "waiting", "in flight"], rows)
    }
}
