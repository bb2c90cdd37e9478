import Contracts
import Kernel
import Ports
import Testing

@testable import doorstep

/// What no service can see in its own tables alone.
@Suite(.serialized) struct SystemAuditTests {
    @Test func aReaderThatIsPastTheHeadOfAnothersTopicIsFound() async throws {
        let folder = try TemporaryFolder()
        let data = try await Self.quietShop(folder)
        let connection = try DataFolder(data).database(.shipping).connect(.write)
        defer { connection.close() }
        try connection.execute("UPDATE cursors SET position = position + 1000 WHERE topic = 'orders'")
        let run = try await CommandRun(["audit", "--json", "--data", data])
        #expect(run.status == 1)
        let broken = try (run.document["checks"]?.array ?? []).filter { $0["holds"] == .bool(false) }
        #expect(broken.map { $0["name"]?.string } == ["no cursor is past its topic's head"])
        #expect(broken.first?["offenders"]?.array?.first?.string?.hasPrefix("shipping read orders 0 to") == true)
    }

    @Test func aChangedRecordOfKeysIsFound() async throws {
        let folder = try TemporaryFolder()
        let data = try await Self.quietShop(folder)
        let connection = try DataFolder(data).access.connect(.write)
        defer { connection.close() }
        try connection.execute("UPDATE audit_log SET actor = 'somebody else'")
        let run = try await CommandRun(["audit", "--data", data])
        #expect(run.status == 1)
        #expect(run.output.contains("BROKEN"))
        #expect(run.output.contains("access: the audit log is as it was written"))
    }

    @Test(arguments: [
        ("INSERT INTO changes (partition, last) VALUES (0, 5)", "search: the last change is a fold's"),
        ("INSERT INTO index_positions VALUES ('orders-v1-x', 0, 999999)", "search: no index is ahead of the folds"),
        (
            "UPDATE cursors SET position = position + 1000 WHERE topic = 'warehouse'",
            "no cursor is past its topic's head"
        ),
    ])
    func whatTheSearchServiceMiscountsIsFound(change: String, check: String) async throws {
        let folder = try TemporaryFolder()
        let data = try await Self.quietShop(folder)
        let connection = try DataFolder(data).search.connect(.write)
        defer { connection.close() }
        try connection.execute(change)
        let run = try await CommandRun(["audit", "--json", "--data", data])
        #expect(run.status == 1)
        let broken = try (run.document["checks"]?.array ?? []).filter { $0["holds"] == .bool(false) }
        #expect(broken.map { $0["name"]?.string } == [check])
    }

    @Test func anOrderWithoutAFoldIsFound() async throws {
        let folder = try TemporaryFolder()
        let data = try await OpenShop.with(folder) { shop in
            try await shop.place(2)
            try await shop.waitUntilSearched()
            return shop.data
        }
        #expect(try await CommandRun(["audit", "--data", data]).status == 0)
        let connection = try DataFolder(data).search.connect(.write)
        defer { connection.close() }
        try connection.execute("DELETE FROM folds WHERE order_id = (SELECT min(order_id) FROM folds)")
        let run = try await CommandRun(["audit", "--json", "--data", data])
        let broken = try (run.document["checks"]?.array ?? []).filter { $0["holds"] == .bool(false) }
        #expect(broken.map { $0["name"]?.string } == ["search: every order has its fold"])
    }

    /// - Returns: the data folder of a shop that was open and is clean.
    private static func quietShop(_ folder: TemporaryFolder) async throws -> String {
        let data = try await OpenShop.with(folder) { $0.data }
        try #require(try await CommandRun(["audit", "--data", data]).status == 0)
        return data
    }
}
