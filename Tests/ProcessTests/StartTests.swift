import Foundation
import Testing

/// What cannot start says why, in a line that a person can use, and changes nothing.
@Suite(.serialized)
struct StartTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Runs to a failure and returns what it said on standard error.
    private func refusal(_ arguments: [String], code: Int32? = nil) async throws -> String {
        let before = try contents()
        let run = try await Program.run(arguments, in: folder)
        if let code {
            #expect(run.end == .exit(code), "\(arguments)")
        } else {
            #expect(!run.end.isSignal && run.end.code != 0, "\(arguments)")
        }
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
        var errors = try await refusal(["serve", "--port", String(port)])
        #expect(errors.contains("127.0.0.1:\(port)") && errors.contains("--port"), "\(errors)")
        errors = try await refusal(["serve", "--sandbox", "--port", String(other), "--sandbox-port", String(port)])
        #expect(errors.contains("127.0.0.1:\(port)") && errors.contains("--sandbox-port"), "\(errors)")
        errors = try await refusal(["sandbox", "--port", String(port)])
        #expect(errors.contains("\(port)") && errors.contains("--port"), "\(errors)")
        try await holder.killHard()
    }

    @Test func aFolderInUseIsLeftToWhoeverUsesIt() async throws {
        try await Installation.with { installation in
            let second = try await Program.run(
                ["serve", "--data", installation.dataPath, "--port", String(try FreePort.any())],
                in: installation.folder)
            #expect(!second.end.isSignal && second.end.code != 0)
            #expect(second.errors.contains("another process uses \(installation.dataPath)"), "\(second.errors)")
            #expect(try await installation.shop.get("/v1/orders").status == 200)
            let shoppers = Shoppers(installation.shop, seed: 5, ordersMax: 3, cancelRate: 0)
            try await shoppers.run(clients: 1, pause: .zero)
            try await installation.settle()
            try await installation.expectEverythingOnce(shoppers)
        }
    }

    @Test(arguments: ["serve", "migrate"]) func aFolderThatCannotBeMadeIsNamed(_ command: String) async throws {
        _ = FileManager.default.createFile(atPath: "\(folder.path)/file", contents: nil)
        for path in ["/proc/doorstep", "\(folder.path)/file"] {
            let ports = command == "serve" ? ["--port", String(try FreePort.any())] : []
            let errors = try await refusal([command, "--data", path] + ports)
            #expect(errors.contains(path), "\(errors)")
        }
    }

    @Test(
        .enabled(if: getuid() != 0, "nothing is read-only for root"), arguments: ["serve", "migrate"]
    ) func aReadOnlyFolderIsNamed(_ command: String) async throws {
        let path = "\(folder.path)/data"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o500])
        let ports = command == "serve" ? ["--port", String(try FreePort.any())] : []
        #expect(try await refusal([command, "--data", path] + ports).contains(path))
    }

    @Test(arguments: [
        ["serve", "--prot", "1"], ["serve", "--port", "many"], ["serve", "--auto-work=-1"], ["keys", "create"],
        ["import", "online-retail"], ["dead-letters", "show"], ["demo", "--orders", "0"], ["fly"],
        ["sandbox", "--fail-rate", "2"],
    ]) func wrongArgumentsAreUsageErrors(_ arguments: [String]) async throws {
        let errors = try await refusal(arguments, code: 64)
        #expect(errors.contains("Usage:") || errors.contains("Error:"), "\(errors)")
    }

    @Test func anAuditOfNothingMakesNothing() async throws {
        #expect(try await refusal(["audit", "--data", "nowhere"]).contains("nowhere"))
    }

    @Test func aFileThatCannotBeImportedIsNamed() async throws {
        _ = FileManager.default.createFile(atPath: "\(folder.path)/bad.csv", contents: Data("no,columns\n1,2\n".utf8))
        _ = FileManager.default.createFile(atPath: "\(folder.path)/bad.csv.xz", contents: Data("no xz".utf8))
        for name in ["missing.csv", "bad.csv", "bad.csv.xz"] {
            let errors = try await refusal(["import", "online-retail", name, "--data", "imported"])
            #expect(errors.contains(name), "\(errors)")
        }
    }
}
