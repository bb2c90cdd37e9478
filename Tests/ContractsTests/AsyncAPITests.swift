import Contracts
import Foundation
import Kernel
import Testing

/// `api/events-v1.json` and the code say the same.
@Suite("The document of the events")
struct AsyncAPITests {
    private let document: JSONValue

    init() throws {
        let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "api/events-v1.json")
        document = try JSONValue(parsing: [UInt8](try Data(contentsOf: path)))
    }

    @Test("there is a channel for each topic, with a message for each type of event, in the order of the code")
    func channels() throws {
        let channels = try #require(document["channels"])
        #expect(channels.object?.map(\.name) == Topic.allCases.map(\.rawValue))
        let types: [Topic: [String]] = [
            .orders: OrdersEvent.types, .warehouse: WarehouseEvent.types, .shipping: ShippingEvent.types,
        ]
        for topic in Topic.allCases {
            let channel = try #require(channels[topic.rawValue])
            #expect(channel["address"]?.string == "doorstep.\(topic.rawValue)")
            #expect(channel["messages"]?.object?.map(\.name) == types[topic])
        }
        let all = Topic.allCases.flatMap { types[$0] ?? [] }
        #expect(document["components"]?["messages"]?.object?.map(\.name) == all)
    }

    @Test("every event has the members that the document requires, and no others")
    func members() throws {
        let schema = try #require(document["components"]?["schemas"]?["CloudEvent"])
        let required = schema["required"]?.array?.compactMap(\.string)
        #expect(required == schema["properties"]?.object?.map(\.name))
        for event in try EventSamples.all() {
            let envelope = Envelope(partition: 3, position: 7, recordedAt: EventSamples.time, event: event)
            let json = try JSONValue(parsing: CloudEvents.document(envelope))
            #expect(json.object?.map(\.name) == required)
            let message = document["components"]?["messages"]?[event.type]?["payload"]?["allOf"]?.array?.last
            #expect(message?["properties"]?["type"]?["const"]?.string == json["type"]?.string)
            #expect(message?["properties"]?["source"]?["const"]?.string == json["source"]?.string)
        }
    }

    @Test("the trace has the form that the document gives")
    func trace() throws {
        let headers = document["components"]?["messageTraits"]?["event"]?["headers"]
        let pattern = try Regex(try #require(headers?["properties"]?["traceparent"]?["pattern"]?.string))
        let event = try #require(try EventSamples.all().first)
        let envelope = Envelope(partition: 0, position: 1, recordedAt: EventSamples.time, event: event)
        #expect(CloudEvents.traceParent(of: envelope).wholeMatch(of: pattern) != nil)
    }
}
