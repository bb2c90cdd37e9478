import Foundation
import Kernel
import Ports
import Testing

@testable import doorstep

@Suite(.serialized) struct OrdersCommandTests {
    @Test func ordersAreListedShownAndCancelledWhileTheServerRunsAndAfterwards() async throws {
        let folder = try TemporaryFolder()
        let data = "\(folder.path)/data"
        try await OpenShop.with(folder) { shop in
            try await shop.place(3)
            try await eventually("orders at the warehouse") {
                try await OpenShop.orders(data).allSatisfy { $0.status == "fulfilling" }
            }
            let two = try await CommandRun(["orders", "list", "--limit", "2", "--data", data])
            #expect(two.status == 0 && two.output.split(separator: "\n").count == 3)
            let first = try await OpenShop.orders(data)[2].id

            let shown = try await CommandRun(["orders", "show", first, "--json", "--data", data]).document
            #expect(shown["order"]?["id"]?.string == first)
            #expect(shown["events"]?.array?.first?["type"]?.string == "OrderCreated")

            let cancelled = try await CommandRun(["orders", "cancel", first, "--reason", "wrong size", "--data", data])
            #expect(cancelled.status == 0, "\(cancelled.errors)")
            try await eventually("the cancellation") {
                try await OpenShop.orders(data).contains { $0 == (first, "cancelled") }
            }
            let again = try await CommandRun(["orders", "cancel", first, "--data", data])
            #expect(again.status == 1 && again.errors.contains("cancelled"))
            let keys = try await CommandRun(["keys", "list", "--data", data]).output.split(separator: "\n")
            #expect(keys.filter { $0.contains("command line") }.allSatisfy { $0.contains("revoked") })
        }
        let last = try await OpenShop.orders(data)[0].id
        let offline = try await CommandRun(["orders", "cancel", last, "--data", data])
        #expect(offline.status == 0, "\(offline.errors)")
        let text = try await CommandRun(["orders", "show", last, "--data", data]).output
        #expect(text.contains("OrderCancellationRequested"))
        let record = try #require(try Self.auditLog(data).last)
        #expect(record.actor == "command line of \(NSUserName())" && record.action == "cancel_order")
        #expect(record.before.contains(#""status":"fulfilling""#), "\(record.before)")
        #expect(try await CommandRun(["audit", "--data", data]).status == 0)
    }

    private static func auditLog(
        _ data: String
    ) throws -> [(actor: String, action: String, before: String)] {
        let connection = try DataFolder(data).database(.orders).connect(.read)
        defer { connection.close() }
        return try connection.rows("SELECT actor, action, before FROM audit_log ORDER BY position") {
            ($0.text(0), $0.text(1), $0.text(2))
        }
    }

    @Test func anOrderThatDoesNotExistIsMissing() async throws {
        let folder = try TemporaryFolder()
        let data = "\(folder.path)/data"
        try await OpenShop.with(folder) { _ in }
        for command in ["show", "cancel"] {
            let run = try await CommandRun(["orders", command, "ord_05ab9tghr0000", "--data", data])
            #expect(run.status == 66 && run.errors.contains("There is no order ord_05ab9tghr0000"))
        }
        #expect(try await CommandRun(["orders", "list", "--data", data]).output == "There are no such orders.\n")
    }
}
