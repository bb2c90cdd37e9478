import Kernel
import Ports
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
            let number = try #require(OrderID(text: poisoned)).rawValue
            let sound = try #require(
                try orders.first("SELECT state FROM process_instances WHERE order_id = $1", [.integer(number)]) {
                    $0.bytes(0)
                })
            func store(_ state: [UInt8]) throws {
                let changed = try orders.execute(
                    "UPDATE process_instances SET state = $2 WHERE order_id = $1", [.integer(number), .blob(state)])
                try #require(changed == 1)
            }
            try store([0])
            try await installation.clearFaults("payments")
            try await installation.startServer()
            try await eventuallyTrue("the others' end", within: .seconds(60)) {
                let books = try ServerBooks(path)
                return books.openOrders == 1 && books.deadLetters >= 1 && books.pendingEffects == 0
            }
            #expect(try ServerBooks(path).orders.first { !$0.isTerminal }?.id == poisoned)
            let list = try await Self.letters(installation)
            #expect(list.allSatisfy { $0["key"]?.string == String(number) })
            let letter = try #require(list.first?["id"]?.integer)
            func run(_ action: String) async throws -> (end: Program.End, output: String, errors: String) {
                try await Program.run(
                    ["dead-letters", action, "orders", String(letter), "--data", path], in: installation.folder)
            }
            let shown = try await run("show")
            #expect(shown.end == .success && shown.output.contains("process_instance_corrupt"), "\(shown.output)")
            let early = try await run("replay")
            #expect(early.end == .exit(1) && early.errors.contains("still cannot be handled"), "\(early.errors)")
            let audit = try await Program.run(["audit", "--data", path], in: installation.folder)
            #expect(audit.end == .exit(1))
            #expect(audit.output.contains("\(poisoned): process_instance_corrupt"), "\(audit.output)")

            // Repaired, everything that waited is handled in order.
            try store(sound)
            orders.close()
            let replayed = try await run("replay")
            #expect(replayed.end == .success && replayed.output.contains("are handled"), "\(replayed.errors)")
            try await installation.settle()
            try await installation.expectEverythingOnce(shoppers)
        }
    }

    private static func letters(_ installation: Installation) async throws -> [JSONValue] {
        let list = try await Program.run(
            ["dead-letters", "list", "--json", "--data", installation.dataPath], in: installation.folder)
        #expect(list.end == .success, "\(list.errors)")
        return try JSONValue(parsing: Array(list.output.utf8))["data"]?.array ?? []
    }
}
