import Contracts
import Kernel
import Ports
import Testing

/// How events are put into messages.
@Suite struct EventMessageTests {
    private static func envelopes(_ partition: Int, _ positions: ClosedRange<Int64>, name: String = "n") -> [Envelope] {
        positions.map { position in
            Envelope(
                partition: partition, position: position, recordedAt: Instant(milliseconds: 1_800_000_000_000),
                event: .orders(
                    .productRegistered(
                        ProductRegistered(
                            productID: ProductID(rawValue: position), sku: "S\(position)", name: name, weightGrams: 1)))
            )
        }
    }

    private static func read(_ message: EventMessage) throws -> [Envelope] {
        BrokerRecord(topic: message.topic, partition: message.partition, offset: 0, document: message.document)
            .envelopes
    }

    @Test(arguments: [1, 2, 7, 10, 1000]) func nothingIsLeftOutAndOrderIsKept(batch: Int) throws {
        let envelopes = Self.envelopes(0, 1...10) + Self.envelopes(1, 5...5) + Self.envelopes(0, 11...12)
        let messages = EventMessage.pack(envelopes, batch: batch)
        #expect(try messages.flatMap(Self.read) == envelopes)
        for message in messages {
            let events = try Self.read(message)
            #expect(events.count <= batch && events.first?.position == message.position)
            #expect((message.single != nil) == (events.count == 1))
            let type = events.count == 1 ? CloudEvents.contentType : CloudEvents.batchContentType
            #expect(message.contentType == type)
        }
        if batch == 1000 { #expect(messages.count == 3) }
    }

    /// Kafka takes a million bytes by default.
    @Test func aBatchIsNoBiggerThanBrokersTake() throws {
        let envelopes = Self.envelopes(0, 1...100, name: String(repeating: "x", count: 10_000))
        let messages = EventMessage.pack(envelopes, batch: 1000)
        #expect(messages.allSatisfy { $0.document.count < 300_000 })
        #expect(messages.count >= 4 && messages.count <= 16)
        #expect(try messages.flatMap(Self.read) == envelopes)
    }

    @Test func eventsOfAnotherPartitionSpoilABatch() throws {
        let batch = CloudEvents.batch(Self.envelopes(0, 1...2) + Self.envelopes(1, 3...3))
        #expect(BrokerRecord(topic: .orders, partition: 0, offset: 0, document: batch).envelopes == [])
    }

    @Test(arguments: ["0", "1001", "-1", "", "many"]) func aBatchHasOneToAThousandEvents(text: String) {
        let fault = #expect(throws: Fault.self) { try EventMessage.batch(text) }
        #expect(fault?.code == "broker_url_invalid")
    }
}
