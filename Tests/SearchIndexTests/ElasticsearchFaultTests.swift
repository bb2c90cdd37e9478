import ElasticsearchIndex
import Foundation
import Kernel
import Ports
import Synchronization
import TestServers
import Testing

/// What the adapter does when the cluster does not do as it should, with a real server behind.
@Suite(.serialized) struct ElasticsearchFaultTests {
    private let name = IndexKind.elasticsearch.name(1)

    private func withFront(
        _ change: @escaping @Sendable (inout SearchServer) -> Void = { _ in },
        _ body: @escaping @Sendable (ElasticsearchIndex, Front) async throws -> Void
    ) async throws {
        try await TestServer.with(.noida) { server in
            try await Front.with(server.url) { front in
                let index = try IndexKind.index(at: front.url) { server in
                    server.timeout = .seconds(3)
                    change(&server)
                }
                try await index.create(IndexKind.elasticsearch.name(1))
                try await index.activate(IndexKind.elasticsearch.name(1))
                try await body(index, front)
                await index.close()
            }
        }
    }

    private static func many(_ count: Int, version: Int64 = 1) -> [IndexChange] {
        (1...Int64(count)).map { number in
            let row = SampleOrders.rows[Int(number) % SampleOrders.rows.count]
            return .put(
                SampleOrders.document(
                    SampleOrders.Row(
                        id: number, number: "N-\(number)", name: row.name, city: row.city, country: row.country,
                        products: row.products, status: row.status, flags: row.flags, carrier: row.carrier,
                        total: row.total, placed: row.placed), version: version))
        }
    }

    @Test(arguments: [429, 503]) func aBusyClusterIsAskedAgain(status: Int) async throws {
        try await withFront { index, front in
            let refusals = Mutex(2)
            front.answer { asked in
                guard asked.path.hasPrefix("/_bulk") else { return nil }
                let isRefused = refusals.withLock { left in
                    left -= 1
                    return left >= 0
                }
                return isRefused ? Front.Answer(status: status, body: #"{"error":{"type":"busy"}}"#) : nil
            }
            #expect(try await index.write(Self.many(5), to: name).isEmpty)
            try await index.refresh(name)
            #expect(try await index.count(in: name) == 5)
            #expect(front.asked.filter { $0.path.hasPrefix("/_bulk") }.count == 3)
        }
    }

    @Test func aClusterThatStaysBusyIsLeftAlone() async throws {
        try await withFront({ $0.timeout = .seconds(1) }) { index, front in
            front.answer { _ in
                Front.Answer(status: 429, body: #"{"error":{"type":"es_rejected_execution_exception"}}"#)
            }
            let start = ContinuousClock.now
            let fault = await #expect(throws: Fault.self) { try await index.write(Self.many(1), to: name) }
            #expect(fault?.code == "search_overloaded" && fault?.isRetryable == true)
            #expect(ContinuousClock.now - start < .seconds(3))
        }
    }

    /// Documents that were put off one by one are sent again, the others are not.
    @Test func documentsThatWerePutOffAreSentAgain() async throws {
        try await withFront { index, front in
            let isFirst = Mutex(true)
            front.answer { asked in
                guard asked.path.hasPrefix("/_bulk"),
                    isFirst.withLock({ value in
                        defer { value = false }
                        return value
                    })
                else { return nil }
                let items = (0..<3).map { place in
                    place == 1
                        ? #"{"index":{"status":201}}"#
                        : #"{"index":{"status":429,"error":{"type":"es_rejected_execution_exception","reason":"full"}}}"#
                }
                return Front.Answer(body: #"{"errors":true,"items":[\#(items.joined(separator: ","))]}"#)
            }
            #expect(try await index.write(Self.many(3), to: name).isEmpty)
            try await index.refresh(name)
            // The second was said to be written, and was not: what the server says is believed.
            #expect(try await index.count(in: name) == 2)
        }
    }

    @Test(arguments: [(403, true), (429, true), (429, false)])
    func aReadOnlyIndexIsNamedSo(status: Int, isPerItem: Bool) async throws {
        try await withFront { index, front in
            let error =
                #"{"type":"cluster_block_exception","reason":"index [x] blocked by: [FORBIDDEN/12/index read-only / allow delete (api)]"}"#
            front.answer { asked in
                guard asked.path.hasPrefix("/_bulk") else { return nil }
                return isPerItem
                    ? Front.Answer(
                        body: #"{"errors":true,"items":[{"index":{"status":\#(status),"error":\#(error)}}]}"#)
                    : Front.Answer(status: status, body: #"{"error":\#(error),"status":\#(status)}"#)
            }
            let fault = await #expect(throws: Fault.self) { try await index.write(Self.many(1), to: name) }
            #expect(fault?.code == "search_read_only" && fault?.isRetryable == true)
        }
    }

    @Test func aFullDiskIsWaitedFor() async throws {
        try await withFront { index, front in
            front.answer { _ in Front.Answer(status: 507, body: "{}") }
            let fault = await #expect(throws: Fault.self) { try await index.write(Self.many(1), to: name) }
            #expect(fault?.code == "search_unavailable" && fault?.isRetryable == true)
        }
    }

    @Test func aDocumentThatIsNeverTakenStopsNoOther() async throws {
        try await withFront { index, front in
            front.answer { asked in
                guard asked.path.hasPrefix("/_bulk") else { return nil }
                let bad = #"{"index":{"status":400,"error":{"type":"mapper_parsing_exception","reason":"no"}}}"#
                return Front.Answer(body: #"{"errors":true,"items":[{"index":{"status":201}},\#(bad)]}"#)
            }
            let refusals = try await index.write(Self.many(2), to: name)
            #expect(refusals == [IndexRefusal(orderID: SampleOrders.id(2), reason: "mapper_parsing_exception: no")])
        }
    }

    @Test func aSlowClusterIsGivenUpInTime() async throws {
        try await withFront({ server in
            server.timeout = .milliseconds(400)
            server.tries = 2
        }) { index, front in
            front.answer { _ in Front.Answer(delay: .seconds(5)) }
            let start = ContinuousClock.now
            let fault = await #expect(throws: Fault.self) { try await index.search(SearchRequest(.everything)) }
            #expect(fault?.code == "search_unavailable")
            #expect(ContinuousClock.now - start < .seconds(3))
        }
    }

    /// The head of an answer comes in time, and its body never ends.
    @Test func anAnswerThatDoesNotEndIsGivenUpInTime() async throws {
        try await withFront({ server in
            server.timeout = .milliseconds(400)
            server.tries = 2
        }) { index, front in
            front.answer { _ in Front.Answer(isEndless: true) }
            let start = ContinuousClock.now
            let fault = await #expect(throws: Fault.self) { try await index.search(SearchRequest(.everything)) }
            #expect(fault?.code == "search_unavailable" && fault?.isRetryable == true)
            #expect(ContinuousClock.now - start < .seconds(3))
        }
    }

    @Test func requestsAreCutByBytes() async throws {
        try await withFront({ $0.bulkBytes = 4000 }) { index, front in
            #expect(try await index.write(Self.many(40), to: name).isEmpty)
            let bulks = front.asked.filter { $0.path.hasPrefix("/_bulk") }
            #expect(bulks.count > 5 && bulks.allSatisfy { $0.bytes <= 4000 })
            front.answer { asked in asked.bytes > 2500 ? Front.Answer(status: 413, body: "") : nil }
            #expect(try await index.write(Self.many(40, version: 2), to: name).isEmpty)
            try await index.refresh(name)
            #expect(try await index.documents(in: name, after: nil, limit: 50).filter { $0.version == 2 }.count == 40)
        }
    }

    @Test func anotherNodeAnswersForOneThatIsDown() async throws {
        try await TestServer.with(.osmem) { server in
            let nobody = "http://127.0.0.1:\(try FreePort.any())"
            let index = try IndexKind.index(at: nobody) { $0.nodes = [nobody, server.url, nobody] }
            try await index.create(name)
            try await index.activate(name)
            #expect(try await index.write(Self.many(3), to: name).isEmpty)
            try await index.refresh(name)
            for _ in 0..<5 { #expect(try await index.count(in: name) == 3) }
            await index.close()
        }
    }

    @Test(
        arguments: [
            (SearchServer.Credentials.apiKey("a2V5OnNlY3JldA=="), "ApiKey a2V5OnNlY3JldA=="),
            (.basic(user: "elastic", password: "pass:word"), "Basic ZWxhc3RpYzpwYXNzOndvcmQ="), (.none, nil),
        ] as [(SearchServer.Credentials, String?)])
    func saysWhoItIs(credentials: SearchServer.Credentials, header: String?) async throws {
        try await withFront({ $0.credentials = credentials }) { index, front in
            _ = try await index.active()
            #expect(front.asked.allSatisfy { $0.authorization == header })
        }
    }

    @Test func aServerThatIsGoneAndComesBackEmpty() async throws {
        try await TestServer.with(.noida) { server in
            let index = try IndexKind.index(at: server.url) { $0.timeout = .seconds(1) }
            try await index.create(name)
            try await index.activate(name)
            server.stop()
            for _ in 0..<2 {
                let fault = await #expect(throws: Fault.self) { try await index.write(Self.many(1), to: name) }
                #expect(fault?.code == "search_unavailable" && fault?.isRetryable == true)
            }
            try await server.startEmpty()
            #expect(try await index.active() == nil)
            await index.close()
        }
    }
}
