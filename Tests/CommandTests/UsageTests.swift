import Foundation
import Testing

@Suite struct UsageTests {
    @Test(arguments: [
        ["ordres"], ["orders", "list", "--limit", "0"], ["orders", "list", "--limit", "10001"],
        ["orders", "list", "--status", "gone"], ["orders", "show", "nonsense"], ["orders", "cancel"],
        ["orders", "cancel", "ord_05ab9tghr0000", "--reason", ""], ["dead-letters", "show", "sales", "1"],
        ["dead-letters", "replay", "orders", "x"], ["dead-letters", "discard", "orders", "1"],
        ["dead-letters", "discard", "orders", "1", "--reason", ""], ["backup"], ["serve", "--demo-rate", "-1"],
        ["serve", "--broker", "ftp://127.0.0.1"], ["serve", "--broker", "kafka://127.0.0.1:9?batch=0"],
        ["serve", "--port", "x"], ["serve", "--port", "0"], ["serve", "--port", "65536"],
        ["serve", "--sandbox-port", "65536"], ["serve", "--sendmail", "/no/such/program"],
        ["serve", "--mail-from", "nobody"], ["serve", "--public-url", "shop.example"],
        ["serve", "--payment-limit", "0"], ["serve", "--late-after", "0"], ["serve", "--company-prefix", "123"],
        ["sandbox", "--port", "-1"], ["sandbox", "--secret", "x"],
        ["demo", "--orders", "0"], ["demo", "--clients", "513"], ["import", "online-retail"],
        ["import", "online-retail", "file", "--orders", "0"], ["keys", "create"],
        ["keys", "create", "shop", "--scope", "all"], ["keys", "revoke", "nonsense"], ["audit", "--jsn"],
        ["migrate", "now"], ["version", "2"],
    ])
    func wrongUsageIsToldAndEndsWith64(arguments: [String]) async throws {
        let run = try await CommandRun(arguments)
        #expect(run.status == 64)
        #expect(run.errors.hasPrefix("Error: "))
        #expect(run.output.isEmpty)
    }

    @Test(arguments: [
        ["audit"], ["orders", "list"], ["orders", "show", "ord_05ab9tghr0000"],
        ["orders", "cancel", "ord_05ab9tghr0000"], ["dead-letters", "list"], ["dead-letters", "show", "orders", "1"],
        ["dead-letters", "replay", "orders", "1"], ["dead-letters", "discard", "orders", "1", "--reason", "none"],
        ["keys", "list"], ["keys", "create", "shop"], ["keys", "revoke", "key_05ab9tfd20000"], ["migrate"],
        ["backup", "nowhere"],
    ])
    func aFolderWithoutDatabasesIsRefusedAndNothingIsMade(arguments: [String]) async throws {
        let folder = try TemporaryFolder()
        let run = try await CommandRun(arguments + ["--data", "\(folder.path)/dta"])
        #expect(run.status == 66)
        #expect(run.errors.contains("no databases in '\(folder.path)/dta'"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        #expect(!FileManager.default.fileExists(atPath: "nowhere"))
    }

    @Test(arguments: [
        "", "serve", "demo", "sandbox", "import", "import online-retail", "audit", "orders", "orders list",
        "orders show", "orders cancel", "circuits", "dead-letters", "dead-letters list", "dead-letters show",
        "dead-letters replay", "dead-letters discard", "keys", "keys create", "keys list", "keys rotate",
        "keys revoke", "backup",
        "bench", "bench order6", "bench hot-sku", "bench checkout", "bench growth", "migrate", "version",
    ])
    func helpHasAnExample(command: String) async throws {
        let run = try await CommandRun(command.split(separator: " ").map(String.init) + ["--help"])
        #expect(run.status == 0)
        #expect(run.output.contains("Example"))
    }
}
