import Kernel
import SQLiteStore
import Testing

/// An input that cannot be handled waits for a person, and with it everything about the same order, and nothing else.
@Suite struct PoisonTests {
    @Test func aPoisonousOrderIsParkedAndTheOthersGoOn() async throws {
        try await Installation.with { installation in
            try await installation.setFaults("payments", #"{"outage": "unavailable"}"#)
            let shoppers = Shoppers(installation.shop, seed: 6, ordersMax: 6, cancelRate: 0)
            try await shoppers.run(clients: 2, pause: .zero)
            let path = installation.dataPath
            try await eventuallyTrue("payments to wait for") { try ServerBooks(path).pendingEffects == 6 }
            try await installation.stopServer()
            let poisoned = try #require(ServerBooks(path).orders.first?.id)
            let orders = try SQLiteDatabase(path: "\(path)/orders.db").connect(.write)
            try orders.execute(
                """
                UPDATE process_instances SET state = x'00' WHERE order_id = (SELECT id FROM orders ORDER BY id LIMIT 1)
                """)
            orders.close()
            try await installation.clearFaults("payments")
            try await installation.startServer()
            try await eventuallyTrue("the others' end", within: .seconds(60)) {
                let books = try ServerBooks(path)
                return books.openOrders == 1 && books.deadLetters >= 1 && books.pendingEffects == 0
            }
            #expect(try ServerBooks(path).orders.first { !$0.isTerminal }?.id == poisoned)
            let list = try await Program.run(["dead-letters", "list", "--data", path], in: installation.folder)
            let key = try #require(OrderID(text: poisoned)).rawValue
            #expect(list.end == .success && list.output.contains("\(key)"), "\(list.output)\(list.errors)")
            try await installation.stopServer()
            let audit = try await Program.run(["audit", "--data", path], in: installation.folder)
            #expect(audit.end == .exit(1))
            #expect(audit.output.contains("\(poisoned): process_instance_corrupt"), "\(audit.output)")
        }
    }
}
