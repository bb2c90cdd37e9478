import AsyncHTTPClient
import Foundation
import Kernel
import Ports
import PostgresStore
import SQLiteStore
import Synchronization
import TestServers
import Testing

/// `doorstep serve` and `doorstep sandbox` as two processes on one temporary folder.
final class Installation: Sendable {
    struct Options: Sendable {
        /// Seconds.
        var pickup = 1.0
        var leg = 0.1
        var failRate = 0.05
        var autoWork = 0.1
        /// Of PostgreSQL, which keeps the tables instead of the data folder.
        var database: String?
        /// Of the API keys, where they are not in `database`.
        var keysDatabase: String?
        /// Of services that have one of their own.
        var databases: [String: String] = [:]
        /// Carries the events.
        var broker: String?
        /// Where the server keeps its data, by default a folder in the temporary one.
        var dataPath: String?
        /// Both processes then go by a clock that the test moves.
        var hasMovableClock = false
        /// More for `serve`, such as `--share`.
        var serve: [String] = []
    }

    let folder: TemporaryFolder
    let port: Int
    let sandboxPort: Int
    let client = Requester.makeClient()
    let clock: MovableClock?
    private let options: Options

    private struct State: Sendable {
        var server: Program?
        var sandbox: Program?
        /// All that were started.
        var programs: [Program] = []
        var token: String?
    }

    private let state = Mutex(State())

    init(_ options: Options = Options()) throws {
        folder = try TemporaryFolder()
        port = try FreePort.any()
        sandboxPort = try FreePort.any()
        self.options = options
        clock = options.hasMovableClock ? try MovableClock(folder) : nil
    }

    /// Runs a test body on a started installation with a shop in it, and stops everything whatever comes of it.
    static func with<Value: Sendable>(
        _ options: Options = Options(), opensShop: Bool = true, _ body: (Installation) async throws -> Value
    ) async throws -> Value {
        try await withoutStart(options) { installation in
            try await installation.start(opensShop: opensShop)
            return try await body(installation)
        }
    }

    /// Likewise, with nothing started yet.
    static func withoutStart<Value: Sendable>(
        _ options: Options, _ body: (Installation) async throws -> Value
    ) async throws -> Value {
        let installation = try Installation(options)
        do {
            let value = try await body(installation)
            try await installation.tearDown()
            return value
        } catch {
            if let errors = installation.state.withLock({ $0.server })?.errors, !errors.isEmpty {
                Issue.record("the server said: \(errors.suffix(40_000))")
            }
            try await installation.tearDown()
            throw error
        }
    }

    var dataPath: String { options.dataPath ?? "\(folder.path)/data" }
    /// Where the data is, as every command takes it.
    var place: [String] { place(options.database) }

    private func place(_ database: String?) -> [String] {
        ["--data", dataPath] + (options.keysDatabase.map { ["--database", "access=\($0)"] } ?? [])
            + (database.map { ["--database", $0] } ?? [])
    }

    var url: String { "http://127.0.0.1:\(port)" }

    /// What the server has in its tables.
    func books() throws(Fault) -> ServerBooks {
        try ServerBooks { service in
            (options.databases[service] ?? options.database).map { PostgresDatabase(url: $0, schema: service) }
                ?? SQLiteDatabase(path: "\(dataPath)/\(service).db") as any Database
        }
    }
    var shop: Requester { Requester(client: client, baseURL: url, token: state.withLock { $0.token }) }
    var control: Requester { Requester(client: client, baseURL: "http://127.0.0.1:\(sandboxPort)/control") }

    var server: Program { get throws { try #require(state.withLock { $0.server }) } }
    var sandbox: Program { get throws { try #require(state.withLock { $0.sandbox }) } }

    private func start(opensShop: Bool) async throws {
        try await startServer()
        let key = try await Program.run(["keys", "create", "test"] + place, in: folder)
        try #require(key.end == .success, "\(key.errors)")
        state.withLock { $0.token = key.output.trimmingCharacters(in: .whitespacesAndNewlines) }
        // A running server reads unknown keys anew once a second.
        try await eventuallyTrue("a key that works") { try await shop.get("/v1/orders").status == 200 }
        try await startSandbox()
        if opensShop { try await Shop.open(shop) }
    }

    // MARK: Processes

    /// Starts the server and waits until it answers.
    func startServer() async throws {
        try launchServer()
        try await waitUntilReady()
    }

    func launchServer() throws {
        let program = try launch(port: port, options.serve)
        state.withLock { $0.server = program }
    }

    /// Another process on the same data, or on a database of its own.
    func launch(
        port: Int, _ more: [String], database: String? = nil, broker: String? = nil, in namespace: Namespace? = nil
    ) throws -> Program {
        let arguments =
            [
                "serve", "--port", String(port), "--parties", "http://127.0.0.1:\(sandboxPort)",
                "--auto-work", String(options.autoWork), "--local-webhooks",
            ] + place(database ?? options.database) + ((broker ?? options.broker).map { ["--broker", $0] } ?? [])
            + (namespace.map { ["--host", $0.address] } ?? []) + more
        let program =
            if let namespace {
                try Program(
                    namespace.prefix + [try Program.executable.path] + arguments, executable: Namespace.program,
                    in: folder, name: "serve")
            } else {
                try Program(arguments, in: folder, name: "serve", environment: clock?.environment ?? [:])
            }
        state.withLock { $0.programs.append(program) }
        return program
    }

    func waitUntilReady() async throws {
        let program = try server
        try await eventuallyTrue("an answer of the server", within: .seconds(30)) {
            if let end = program.end {
                throw Failure("the server ended with \(end): \(program.errors)")
            }
            return await isAnswering()
        }
    }

    private func isAnswering() async -> Bool {
        do {
            return try await shop.get("/readyz").status == 200
        } catch {
            return false
        }
    }

    /// Starts the couriers and the payment provider, with the books that they kept.
    func startSandbox() async throws {
        let program = try Program(
            [
                "sandbox", "--port", String(sandboxPort), "--report-to", url, "--journal", "\(folder.path)/journal",
                "--pickup", String(options.pickup), "--leg", String(options.leg),
                "--fail-rate", String(options.failRate),
            ] + (try secrets().flatMap { ["--secret", $0] }), in: folder, name: "sandbox",
            environment: clock?.environment ?? [:])
        state.withLock { state in
            state.sandbox = program
            state.programs.append(program)
        }
        try await eventuallyTrue("an answer of the sandbox", within: .seconds(30)) {
            if let end = program.end { throw Failure("the sandbox ended with \(end): \(program.errors)") }
            do {
                return try await control.get("/parties").status == 200
            } catch {
                return false
            }
        }
    }

    /// `COURIER=whsec_…`, as the server made them at its first start.
    private func secrets() throws -> [String] {
        let text = try String(contentsOfFile: "\(dataPath)/courier-secrets", encoding: .utf8)
        return text.split(separator: "\n").map(String.init)
    }

    private func tearDown() async throws {
        for program in state.withLock({ $0.programs }) where program.isRunning { try await program.killHard() }
        try await client.shutdown()
    }

    // MARK: Faults

    /// Makes a party (`swift`, `turtle`, `payments`) misbehave.
    func setFaults(_ party: String, _ document: String) async throws {
        let answer = try await control.post("/faults/\(party)", document)
        try #require(answer.status == 200, "\(answer.text)")
    }

    func clearFaults(_ party: String) async throws {
        let answer = try await control.delete("/faults/\(party)")
        try #require(answer.status == 200, "\(answer.text)")
    }

    // MARK: The end

    /// Stops the server as an operator does.
    func stopServer() async throws {
        let program = try server
        program.signal(SIGTERM)
        #expect(try await program.waitForEnd(within: .seconds(20)) == .success, "\(program.errors)")
    }

    /// Every invariant holds.
    func expectCleanAudit() async throws {
        for database in [options.database] + options.databases.values.sorted() {
            let audit = try await Program.run(["audit"] + place(database), in: folder, within: .seconds(60))
            #expect(audit.end == .success, "\(audit.output)\(audit.errors)")
        }
    }
}

struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
