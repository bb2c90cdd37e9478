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

    @Test func aScriptMakesFindsAndRevokesAKey() async throws {
        let temporary = try TemporaryFolder()
        try await OpenShop.with(temporary) { shop in
            let made = try await CommandRun(
                ["keys", "create", "report", "--scope", "audit:read", "--json", "--data", shop.data])
            #expect(made.status == 0, "\(made.errors)")
            let id = try #require(try made.document["id"]?.string)
            let token = try #require(try made.document["token"]?.string)
            #expect(try made.document["scopes"]?.array?.map(\.string) == ["audit:read"])
            try await eventually("a key that works") { try await Self.isGood(token, shop) }

            let listed = try await CommandRun(["keys", "list", "--json", "--data", shop.data])
            let keys = try #require(try listed.document["data"]?.array)
            #expect(keys.contains { $0["id"]?.string == id && $0["revoked_at"] == nil })
            #expect(!listed.output.contains(token.suffix(20)), "a list never shows a secret")

            let revoked = try await CommandRun(["keys", "revoke", id, "--data", shop.data])
            #expect(revoked.status == 0 && revoked.output == "\(id) is revoked.\n")
            try await eventually("a refusal") { try await !Self.isGood(token, shop) }
            #expect(try await CommandRun(["keys", "revoke", id, "--data", shop.data]).status == 66)
        }
    }

    private static func isGood(_ token: String, _ shop: OpenShop) async throws -> Bool {
        let run = try await CommandRun(["circuits", "--url", shop.server.configuration.url, "--token", token])
        return run.status == 0
    }
}
