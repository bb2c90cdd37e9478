import Contracts
import Kernel
import Testing

@Suite("Events as CloudEvents")
struct CloudEventsTests {
    private func envelopes() throws -> [Envelope] {
        try (EventSamples.all() + EventSamples.complete()).enumerated().map { index, event in
            Envelope(
                partition: index % 3, position: Int64(index + 1) << 30, recordedAt: EventSamples.time, event: event)
        }
    }

    @Test("every event reads back from its document, alone and in a batch")
    func roundTrip() throws {
        let envelopes = try envelopes()
        for envelope in envelopes { #expect(try CloudEvents.read(CloudEvents.document(envelope)) == envelope) }
        #expect(try CloudEvents.readBatch(CloudEvents.batch(envelopes)) == envelopes)
        #expect(try CloudEvents.readBatch(Array("[]".utf8)) == [])
    }

    @Test("a batch that somebody wrote in another way reads the same")
    func otherBatch() throws {
        let envelopes = try envelopes()
        let documents = envelopes.map { String(decoding: CloudEvents.document($0), as: UTF8.self) }
        for text in ["[" + documents.joined(separator: " , ") + "]", " [\n" + documents.joined(separator: ",\n") + "]"]
        {
            #expect(try CloudEvents.readBatch(Array(text.utf8)) == envelopes)
        }
    }

    @Test("a batch that breaks off anywhere is malformed")
    func cutBatch() throws {
        let batch = CloudEvents.batch(try envelopes().prefix(3))
        for count in 0..<batch.count {
            #expect {
                try CloudEvents.readBatch(batch[..<count])
            } throws: {
                ($0 as? Fault)?.code == "malformed_document"
            }
        }
        let document = String(decoding: CloudEvents.document(try #require(try envelopes().first)), as: UTF8.self)
        for text in ["[\(document),]", "[,\(document)]", "[\(document)\(document)]", "[\(document)", "[\(document)}]"] {
            #expect(throws: Fault.self) { try CloudEvents.readBatch(Array(text.utf8)) }
        }
    }

    @Test("an event of ours that somebody wrote in another way reads the same")
    func otherWriting() throws {
        for envelope in try envelopes() {
            let members = try #require(try JSONValue(parsing: CloudEvents.document(envelope)).object)
            var writer = JSONWriter()
            writer.value(.object(members.reversed() + [JSONMember("extension", .string("ü"))]))
            #expect(try CloudEvents.read(writer.bytes) == envelope)
        }
    }

    @Test("a document that breaks off anywhere is malformed")
    func cut() throws {
        let document = CloudEvents.document(try #require(try envelopes().first))
        for count in 0..<document.count {
            #expect {
                try CloudEvents.read(document[..<count])
            } throws: {
                ($0 as? Fault)?.code == "malformed_document"
            }
        }
    }

    @Test(
        "what is no event of ours is malformed",
        arguments: [
            ("specversion", JSONValue.string("0.3")), ("specversion", .null), ("source", .string("/others/orders")),
            ("source", .string("/doorstep/nothing")), ("sequence", .string("0")), ("sequence", .integer(7)),
            ("sequence", .string("-1")), ("partition", .string("0")), ("time", .string("yesterday")), ("data", .null),
            ("type", .integer(1)),
        ])
    func foreign(member: String, value: JSONValue) throws {
        let envelope = try #require(try envelopes().first)
        let members = try #require(try JSONValue(parsing: CloudEvents.document(envelope)).object)
        var writer = JSONWriter()
        writer.value(.object(members.map { $0.name == member ? JSONMember(member, value) : $0 }))
        #expect { try CloudEvents.read(writer.bytes) } throws: { ($0 as? Fault)?.code == "malformed_document" }
    }

    @Test("bytes that are no JSON, and JSON that is no event, are malformed", arguments: ["", "{", "[]", "7", "{}"])
    func noDocument(text: String) {
        #expect { try CloudEvents.read(Array(text.utf8)) } throws: { ($0 as? Fault)?.code == "malformed_document" }
    }

    @Test("all events of an order share a trace, and each has a span of its own")
    func traces() throws {
        let event = try #require(try EventSamples.all().first)
        let traces = (1...3).map {
            CloudEvents.traceParent(
                of: Envelope(partition: 0, position: Int64($0), recordedAt: EventSamples.time, event: event))
        }
        for trace in traces { #expect(trace.wholeMatch(of: /00-[0-9a-f]{32}-[0-9a-f]{16}-01/) != nil, "\(trace)") }
        #expect(Set(traces.map { $0.prefix(35) }).count == 1)
        #expect(Set(traces).count == 3)
    }
}
