import Contracts
import Kernel

/// Events as others see them.
///
/// - Source: CloudEvents 1.0.2, JSON event format; extension `sequence`.
public enum CloudEvents {
    public static let contentType = "application/cloudevents+json"
    public static let batchContentType = "application/cloudevents-batch+json"

    /// The members of one event, into the current object.
    public static func write(_ envelope: Envelope, _ json: inout JSONWriter) {
        let topic = envelope.topic.rawValue
        let payload = envelope.event.payload
        let type = Swift.type(of: payload)
        json.member("specversion", "1.0")
        json.member("id", "\(topic)-\(envelope.partition)-\(envelope.position)")
        json.member("source", "/doorstep/\(topic)")
        json.member("type", type.type)
        json.member("subject", subject(of: envelope.event))
        json.member("time", envelope.recordedAt)
        json.member("datacontenttype", "application/json")
        json.member("dataschema", "/schemas/\(topic)/\(type.type)/\(type.version)")
        // The extension defines a text, since positions outgrow what some readers take for a number.
        json.member("sequence", String(envelope.position))
        json.member("partition", envelope.partition)
        json.member("data", object: { payload.write(&$0) })
    }

    /// One event as a document.
    public static func document(_ envelope: Envelope) -> [UInt8] {
        var writer = JSONWriter(reserving: 512)
        writer.object { write(envelope, &$0) }
        return writer.bytes
    }

    /// Several events as a batch.
    public static func batch(_ envelopes: [Envelope]) -> [UInt8] {
        var writer = JSONWriter(reserving: 512 * envelopes.count)
        writer.array(envelopes) { json, envelope in json.object { write(envelope, &$0) } }
        return writer.bytes
    }

    /// The id that an event is about: an order's, or a product's for facts of the catalog and of stock.
    public static func subject(of event: Event) -> String {
        switch event {
        case .orders(.productRegistered(let payload)): payload.productID.text
        case .warehouse(.stockReceived(let payload)): payload.productID.text
        case .warehouse(.stockAdjusted(let payload)): payload.productID.text
        case .warehouse(.stockLevelChanged(let payload)): payload.productID.text
        default: OrderID(rawValue: event.key).text
        }
    }
}
