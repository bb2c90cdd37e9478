import ArgumentParser
import AsyncHTTPClient
import Kernel

struct CircuitsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "circuits",
        abstract: "Shows which outside parties a running server holds calls back from.",
        discussion: """
            Asks the server, since circuits live in its memory: those that have work, are not closed or count failures.
            On the server's machine no key is needed. Exit code 0 when none is open, 1 when one is, 69 when the server
            does not answer.

            Examples:
              doorstep circuits
              doorstep circuits --url https://shop.example --token dsk_… --json
            """)

    @Option(help: "The server.")
    var url = "http://127.0.0.1:8080"

    @Option(help: "An API key with the scope audit:read, from another machine.")
    var token: String?

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let (status, body) = try await ask()
        guard status == 200, let circuits = (try? JSONValue(parsing: Array(body.utf8)))?["data"]?.array else {
            Terminal.tell("doorstep: \(url) answered \(status): \(body)")
            throw ExitCode(69)
        }
        Terminal.say(json ? body : Self.text(circuits))
        if circuits.contains(where: { $0["state"]?.string != "closed" }) { throw ExitCode(1) }
    }

    private func ask() async throws -> (status: UInt, body: String) {
        var request = HTTPClientRequest(url: "\(url)/v1/circuits")
        if let token { request.headers.add(name: "authorization", value: "Bearer \(token)") }
        do {
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
            return (response.status.code, String(buffer: try await response.body.collect(upTo: 1 << 20)))
        } catch {
            Terminal.tell("doorstep: no answer from \(url): \(error)")
            throw ExitCode(69)
        }
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
