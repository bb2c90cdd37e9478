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

    /// - Returns: the data folder of a shop that was open and is clean.
    private static func quietShop(_ folder: TemporaryFolder) async throws -> String {
        let data = try await OpenShop.with(folder) { $0.data }
        try #require(try await CommandRun(["audit", "--data", data]).status == 0)
        return data
    }
}
