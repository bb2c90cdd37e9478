import HTTPAPI
import Kernel
import Testing

@testable import doorstep

@Suite(.serialized) struct KeysCommandTests {
    @Test func aKeyIsMadeRotatedAndRevokedAndItsTokensAreShownOnce() async throws {
        let folder = try TemporaryFolder()
        let data = "\(folder.path)/data"
        try await OpenShop.with(folder) { _ in }
        let made = try await CommandRun(
            ["keys", "create", "shop", "--scope", "orders:read", "--expires-in-days", "30", "--data", data])
        #expect(made.status == 0 && made.output.hasPrefix("dsk_"), "\(made.errors)")
        let id = "key_" + made.output.split(separator: "_")[1]
        let rotated = try await CommandRun(["keys", "rotate", id, "--overlap-hours", "0", "--data", data])
        #expect(rotated.status == 0 && rotated.output.hasPrefix("dsk_") && rotated.output != made.output)
        let list = try await CommandRun(["keys", "list", "--data", data]).output
        let line = try #require(list.split(separator: "\n").first { $0.contains(id) })
        #expect(line.contains("active") && line.contains("orders:read") && !line.contains("never"))
        for token in [made, rotated] {
            let secret = token.output.split(separator: "_", maxSplits: 2)[2].prefix(43)
            #expect(!list.contains(secret))
        }
        #expect(try await CommandRun(["keys", "revoke", id, "--data", data]).status == 0)
        let late = try await CommandRun(["keys", "rotate", id, "--data", data])
        #expect(late.status == 66 && late.errors.contains("no active key"))
    }

    @Test(arguments: [
        ["rotate", "key_01jd3q8f6v000", "--overlap-hours", "721"], ["create", "x", "--expires-in-days", "0"],
        ["create", "x", "--scope", "orders:fly"], ["rotate", "nonsense"],
    ]) func wrongArgumentsAreUsageErrors(_ arguments: [String]) async throws {
        let folder = try TemporaryFolder()
        try await OpenShop.with(folder) { _ in }
        let run = try await CommandRun(["keys"] + arguments + ["--data", "\(folder.path)/data"])
        #expect(run.status == 64, "\(run.errors)")
    }
}
