import ArgumentParser
import AsyncHTTPClient
import Kernel

struct CircuitsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "circuits",
        abstract: "Shows which outside parties a running server holds calls back from.",
        discussion: """
            Asks the server that runs on the folder, since circuits live in its memory: those that have work, are not
            closed or count failures. On the server's machine no key is needed. Exit code 0 when all are closed, 1 when
            one is not, 69 when no server answers.

            Examples:
              doorstep circuits
              doorstep circuits --url https://shop.example --token dsk_… --json
            """)

    @OptionGroup var data: DataOption

    @Option(help: "The server; without it, the one that runs on the folder.")
    var url: String?

    @Option(help: "An API key with the scope audit:read, from another machine.")
    var token: String?

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        guard let url = try url ?? data.existing().serverURL else {
            throw Fault("server_unreachable", retryable: true, "No server runs on '\(data.data)'.")
        }
        let body = try await ask(url)
        let circuits = try Self.read(body, from: url)
        Terminal.say(json ? body : Self.text(circuits))
        if circuits.contains(where: { $0["state"]?.string != "closed" }) {
            throw ExitCode(ExitStatus.isNotWell.rawValue)
        }
    }

    private func ask(_ url: String) async throws(Fault) -> String {
        var request = HTTPClientRequest(url: "\(url)/v1/circuits")
        if let token { request.headers.add(name: "authorization", value: "Bearer \(token)") }
        do {
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
            return String(buffer: try await response.body.collect(upTo: 1 << 20))
        } catch {
            throw Fault("server_unreachable", retryable: true, "\(url) does not answer: \(error)")
        }
    }

    private static func read(_ body: String, from url: String) throws(Fault) -> [JSONValue] {
        let document: JSONValue
        do {
            document = try JSONValue(parsing: Array(body.utf8))
        } catch {
            throw Fault("server_unreachable", retryable: true, "\(url) did not answer as expected")
        }
        guard let circuits = document["data"]?.array else {
            throw Fault("refused", retryable: false, document["detail"]?.string ?? "\(url) showed no circuits")
        }
        return circuits
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
