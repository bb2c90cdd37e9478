import Contracts
import Kernel
import Ports
import Runtime
import Testing

@testable import doorstep

@Suite(.serialized) struct DeadLettersCommandTests {
    @Test func aLetterIsReplayedThroughTheServerAndWithoutOne() async throws {
        let folder = try TemporaryFolder()
        let data = "\(folder.path)/data"
        try await OpenShop.with(folder) { shop in
            try await shop.place(1)
            try Self.park(1, key: 7, try Self.harmless(data), data)
            try Self.park(2, key: 8, try Self.harmless(data), data)
            let run = try await CommandRun(["dead-letters", "replay", "shipping", "1", "--data", data])
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.output == "1 parked inputs of key 7 are handled.\n")
            #expect(try await Self.letters(data) == [2])
            let gone = try await CommandRun(["dead-letters", "replay", "shipping", "1", "--data", data])
            #expect(gone.status == 66)
        }
        let run = try await CommandRun(["dead-letters", "replay", "shipping", "2", "--data", data])
        #expect(run.status == 0, "\(run.errors)")
        #expect(try await Self.letters(data).isEmpty)
    }

    @Test func whatStillCannotBeHandledStaysAndIsGivenUpForAReason() async throws {
        let folder = try TemporaryFolder()
        let data = "\(folder.path)/data"
        try await OpenShop.with(folder) { shop in
            try Self.park(1, key: 7, "{}", data)
            try Self.park(2, key: 8, "{}", data)
            let replay = try await CommandRun(["dead-letters", "replay", "shipping", "1", "--data", data])
            #expect(replay.status == 1 && replay.errors.contains("still cannot be handled"))
            let discard = try await CommandRun(
                ["dead-letters", "discard", "shipping", "1", "--reason", "by hand", "--data", data])
            #expect(discard.status == 0, "\(discard.errors)")
        }
        let replay = try await CommandRun(["dead-letters", "replay", "shipping", "2", "--data", data])
        #expect(replay.status == 1 && replay.errors.contains("still cannot be handled"))
        #expect(try await CommandRun(["audit", "--data", data]).status == 1)
        let discard = try await CommandRun(
            ["dead-letters", "discard", "shipping", "2", "--reason", "lost", "--data", data])
        #expect(discard.status == 0, "\(discard.errors)")
        let again = try await CommandRun(
            ["dead-letters", "discard", "shipping", "2", "--reason", "lost", "--data", data])
        #expect(again.status == 1 && again.errors.contains("discarded already"))
        let shown = try await CommandRun(["dead-letters", "show", "shipping", "1", "--json", "--data", data]).document
        #expect(shown["discarded_because"]?.string == "by hand")
        #expect(try await CommandRun(["audit", "--data", data]).status == 0)
    }

    /// Search's workers run for the command alone.
    @Test func searchHasItsLettersWithoutAServerToo() async throws {
        let folder = try TemporaryFolder()
        let data = "\(folder.path)/data"
        try await OpenShop.with(folder) { shop in try await shop.place(1) }
        try Self.park(1, key: 7, try Self.harmless(data), data, of: .search)
        try Self.park(2, key: 8, "{}", data, of: .search)
        let replay = try await CommandRun(["dead-letters", "replay", "search", "1", "--data", data])
        #expect(replay.status == 0, "\(replay.errors)")
        let broken = try await CommandRun(["dead-letters", "replay", "search", "2", "--data", data])
        #expect(broken.status == 1 && broken.errors.contains("still cannot be handled"))
        #expect(try await Self.letters(data) == [2])
        let discard = try await CommandRun(
            ["dead-letters", "discard", "search", "2", "--reason", "rebuilt", "--data", data])
        #expect(discard.status == 0, "\(discard.errors)")
        let audit = try await CommandRun(["audit", "--data", data])
        #expect(audit.status == 0, "\(audit.output)")
    }

    /// An event that Shipping and search read and do nothing about.
    private static func harmless(_ data: String) throws -> String {
        let connection = try DataFolder(data).database(.orders).connect(.read)
        defer { connection.close() }
        let payload = try connection.first(
            "SELECT payload FROM events WHERE type = 'ProductRegistered' LIMIT 1", []
        ) { $0.text(0) }
        return """
            {"topic":"orders","partition":0,"position":1,"recorded_at":"2026-01-01T00:00:00.000Z",\
            "type":"ProductRegistered","data":\(try #require(payload))}
            """
    }

    private static func park(
        _ id: Int64, key: Int64, _ payload: String, _ data: String, of part: StoreLocation.Part = .shipping
    ) throws {
        let connection = try DataFolder(data).store.database(part).connect(.write)
        defer { connection.close() }
        try connection.execute(
            """
            INSERT INTO dead_letters (id, partition, key, input, label, payload, error, parked_at, discarded_because)
            VALUES ($1, 0, $2, 'event', 'orders/ProductRegistered', $3, 'made by hand', 1, NULL)
            """, [.integer(id), .integer(key), .text(payload)])
    }

    private static func letters(_ data: String) async throws -> [Int64] {
        let list = try await CommandRun(["dead-letters", "list", "--json", "--data", data]).document
        return (list["data"]?.array ?? []).compactMap { $0["id"]?.integer }
    }
}
