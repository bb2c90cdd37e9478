import Contracts
import Kernel
import Ports
import Testing

@testable import doorstep

@Suite(.serialized) struct MigrateCommandTests {
    @Test func callsThatWaitStayAsTheyWere() async throws {
        let folder = try TemporaryFolder()
        let data = "\(folder.path)/data"
        try await OpenShop.with(folder) { shop in
            try await shop.place(1)
            try await eventually("a paid order") {
                try await OpenShop.orders(data).allSatisfy { $0.status == "fulfilling" }
            }
        }
        let connection = try DataFolder(data).database(.orders).connect(.write)
        defer { connection.close() }
        // As if the process had ended before it asked the payment provider.
        let changed = try connection.execute(
            "UPDATE effects SET status = 0, attempts = 0, due_at = 1, uncertain = 0, result = NULL WHERE kind = $1",
            [.integer(EffectKind.authorizePayment.rawValue)])
        try #require(changed == 1)
        #expect(try await CommandRun(["migrate", "--data", data]).status == 0)
        let rows = try connection.rows(
            "SELECT status, attempts, due_at, uncertain FROM effects WHERE kind = $1",
            [.integer(EffectKind.authorizePayment.rawValue)]
        ) { row in (0..<4).map { row.integer($0) } }
        #expect(rows == [[0, 0, 1, 0]])
    }

    @Test func aFolderInUseIsUnavailable() async throws {
        let folder = try TemporaryFolder()
        try await OpenShop.with(folder) { shop in
            let run = try await CommandRun(["migrate", "--data", shop.data])
            #expect(run.status == 69)
            #expect(run.errors.contains(shop.server.configuration.url))
        }
    }
}
