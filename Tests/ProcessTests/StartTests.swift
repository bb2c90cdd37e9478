import Foundation
import TestServers
import Testing

/// What cannot start says why, in a line that a person can use, and changes nothing.
@Suite(.serialized)
struct StartTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Runs to a failure and returns what it said on standard error.
    private func refusal(_ arguments: [String], code: Int32) async throws -> String {
        let before = try contents()
        let run = try await Program.run(arguments, in: folder)
        #expect(run.end == .exit(code), "\(arguments): \(run.errors)")
        #expect(run.output == "", "a script reads standard output")
        for word in ["Fatal error", "Thread ", "Crash", ".swift:"] {
            #expect(!run.errors.contains(word), "\(run.errors)")
        }
        #expect(try contents() == before, "\(arguments) changed something")
        return run.errors
    }

    /// Beside what processes said.
    private func contents() throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder.path)
            .filter { !$0.hasSuffix(".out") && !$0.hasSuffix(".err") }.sorted()
    }

    @Test func aTakenPortIsNamedTogetherWithTheOption() async throws {
        let (port, other) = (try FreePort.any(), try FreePort.any())
        let holder = try Program(["sandbox", "--port", String(port)], in: folder)
        try await eventuallyTrue("a holder of the port") { holder.output.contains("Sandbox on") }
        var errors = try await refusal(["serve", "--port", String(port)], code: 69)
        #expect(errors.contains("127.0.0.1:\(port)") && errors.contains("--port"), "\(errors)")
        errors = try await refusal(
            ["serve", "--sandbox", "--port", String(other), "--sandbox-port", String(port)], code: 69)
        #expect(errors.contains("127.0.0.1:\(port)") && errors.contains("--sandbox-port"), "\(errors)")
        errors = try await refusal(["sandbox", "--port", String(port)], code: 69)
        #expect(errors.contains("\(port)") && errors.contains("--port"), "\(errors)")
        try await holder.killHard()
    }

    @Test func aFolderInUseIsLeftToWhoeverUsesIt() async throws {
        try await Installation.with { installation in
            let second = try await Program.run(
                ["serve", "--data", installation.dataPath, "--port", String(try FreePort.any())],
                in: installation.folder)
            #expect(second.end == .exit(69))
            #expect(
                second.errors.contains("another process uses the folder '\(installation.dataPath)'"), "\(second.errors)"
            )
            #expect(try await installation.shop.get("/v1/orders").status == 200)
            let shoppers = Shoppers(installation.shop, seed: 5, ordersMax: 3, cancelRate: 0)
            try await shoppers.run(clients: 1, pause: .zero)
            try await installation.settle()
            try await installation.expectEverythingOnce(shoppers)
        }
    }

    @Test func metricsAskForAKeyWhenTheyAreTold() async throws {
        let port = try FreePort.any()
        let program = try Program(
            ["serve", "--port", String(port), "--metrics-need-key", "--connections", "20"], in: folder)
        let client = Requester.makeClient()
        defer { client.shutdown { _ in } }
        let anybody = Requester(client: client, baseURL: "http://127.0.0.1:\(port)")
        try await eventuallyTrue("an open server") { program.output.contains("Doorstep is open") }
        #expect(try await anybody.get("/livez").status == 200)
        #expect(try await anybody.get("/metrics").status == 401)
        program.signal(SIGTERM)
        #expect(try await program.waitForEnd() == .success)
    }

    @Test func aFolderThatCannotBeMadeIsNamed() async throws {
        _ = FileManager.default.createFile(atPath: "\(folder.path)/file", contents: nil)
        for path in ["/proc/doorstep", "\(folder.path)/file"] {
            let errors = try await refusal(
                ["serve", "--data", path, "--port", String(try FreePort.any())], code: 73)
            #expect(errors.contains(path), "\(errors)")
        }
    }

    @Test(.enabled(if: getuid() != 0, "nothing is read-only for root"))
    func aReadOnlyFolderIsNamed() async throws {
        let path = "\(folder.path)/data"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o500])
        let errors = try await refusal(["serve", "--data", path, "--port", String(try FreePort.any())], code: 73)
        #expect(errors.contains(path))
    }

    @Test(arguments: [
        ["serve", "--prot", "1"], ["serve", "--port", "many"], ["serve", "--auto-work=-1"], ["keys", "create"],
        ["import", "online-retail"], ["dead-letters", "show"], ["demo", "--orders", "0"], ["fly"],
        ["sandbox", "--fail-rate", "2"], ["serve", "--connections", "0"],
    ]) func wrongArgumentsAreUsageErrors(_ arguments: [String]) async throws {
        let errors = try await refusal(arguments, code: 64)
        #expect(errors.contains("Usage:") || errors.contains("Error:"), "\(errors)")
    }

    @Test func anAuditOfNothingMakesNothing() async throws {
        #expect(try await refusal(["audit", "--data", "nowhere"], code: 66).contains("nowhere"))
    }

    @Test func circuitsOfNoServerAreNone() async throws {
        let url = "http://127.0.0.1:\(try FreePort.any())"
        #expect(try await refusal(["circuits", "--url", url, "--token", "dsk_none"], code: 69).contains(url))
        #expect(try await refusal(["circuits", "--data", "nowhere"], code: 66).contains("nowhere"))
    }

    @Test func aFileThatCannotBeImportedIsNamed() async throws {
        _ = FileManager.default.createFile(atPath: "\(folder.path)/bad.csv", contents: Data("no,columns\n1,2\n".utf8))
        _ = FileManager.default.createFile(atPath: "\(folder.path)/bad.csv.xz", contents: Data("no xz".utf8))
        for (name, code) in [("missing.csv", 66), ("bad.csv", 65), ("bad.csv.xz", 65)] as [(String, Int32)] {
            let errors = try await refusal(["import", "online-retail", name, "--data", "imported"], code: code)
            #expect(errors.contains(name), "\(errors)")
        }
    }
}
