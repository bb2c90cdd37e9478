import Kernel

/// Events as others see them: in the feeds, on a broker, and in the timeline of an order.
///
/// - Source: CloudEvents 1.0.2, JSON event format; extension `sequence`.
public enum CloudEvents {
    /// The media type of one event as a document.
    public static let contentType = "application/cloudevents+json"
    /// The media type of several.
    public static let batchContentType = "application/cloudevents-batch+json"
    private static let sourcePrefix = "/doorstep/"

    /// The members of one event, into the current object.
    public static func write(_ envelope: Envelope, _ json: inout JSONWriter) {
        let topic = envelope.topic.rawValue
        let payload = envelope.event.payload
        let type = Swift.type(of: payload)
        json.member("specversion", "1.0")
        json.textMember("id") { text in
            text.append(topic)
            text.append("-")
            text.append(Int64(envelope.partition))
            text.append("-")
            text.append(envelope.position)
        }
        json.textMember("source") { text in
            text.append(sourcePrefix)
            text.append(topic)
        }
        json.member("type", type.type)
        json.member("subject", subject(of: envelope.event))
        json.member("time", envelope.recordedAt)
        json.member("datacontenttype", "application/json")
        json.textMember("dataschema") { text in
            text.append("/schemas/")
            text.append(topic)
            text.append("/")
            text.append(type.type)
            text.append("/")
            text.append(Int64(type.version))
        }
        // The extension defines a text, since positions outgrow what some readers take for a number.
        json.textMember("sequence") { $0.append(envelope.position) }
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
    public static func batch(_ envelopes: some Collection<Envelope>) -> [UInt8] {
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

    /// Reads an event back from its document.
    ///
    /// - Throws: `malformed_document` for what is no event of ours, `unknown_event` for a type that this version does
    ///   not know.
    public static func read(_ document: some Collection<UInt8>) throws(Fault) -> Envelope {
        let scanned = document.withContiguousStorageIfAvailable { bytes -> Result<Envelope?, Fault> in
            do throws(Fault) {
                return .success(try CloudEventScan.read(bytes))
            } catch {
                return .failure(error)
            }
        }
        if let known = try scanned?.get() { return known }
        return try envelope(try parse(document))
    }

    /// Reads a batch back.
    ///
    /// - Throws: as ``read(_:)``; the first event that cannot be read spoils the batch.
    public static func readBatch(_ document: some Collection<UInt8>) throws(Fault) -> [Envelope] {
        let scanned = document.withContiguousStorageIfAvailable { bytes -> Result<[Envelope]?, Fault> in
            do throws(Fault) {
                guard let elements = CloudEventBatchScan.elements(bytes) else { return .success(nil) }
                var envelopes: [Envelope] = []
                envelopes.reserveCapacity(elements.count)
                for element in elements {
                    guard let envelope = try CloudEventScan.read(UnsafeBufferPointer(rebasing: bytes[element])) else {
                        return .success(nil)
                    }
                    envelopes.append(envelope)
                }
                return .success(envelopes)
            } catch {
                return .failure(error)
            }
        }
        if let known = try scanned?.get() { return known }
        guard let events = try parse(document).array else {
            throw Fault("malformed_document", retryable: false, "a batch is an array")
        }
        var envelopes: [Envelope] = []
        envelopes.reserveCapacity(events.count)
        for event in events { envelopes.append(try envelope(event)) }
        return envelopes
    }

    private static func parse(_ document: some Collection<UInt8>) throws(Fault) -> JSONValue {
        do {
            return try JSONValue(parsing: document)
        } catch {
            throw Fault("malformed_document", retryable: false, "\(error.reason.rawValue) at \(error.offset)")
        }
    }

    private static func envelope(_ json: JSONValue) throws(Fault) -> Envelope {
        guard try json.requireString("specversion") == "1.0" else {
            throw Fault("malformed_document", retryable: false, "CloudEvents of another version")
        }
        let source = try json.requireString("source")
        guard source.hasPrefix(sourcePrefix), let topic = Topic(rawValue: String(source.dropFirst(sourcePrefix.count)))
        else { throw Fault("malformed_document", retryable: false, "source '\(source)' is none of ours") }
        guard let position = Int64(try json.requireString("sequence")), position > 0 else {
            throw Fault("malformed_document", retryable: false, "member 'sequence' is no position")
        }
        return Envelope(
            partition: try json.requireInt("partition"), position: position,
            recordedAt: try json.requireInstant("time"),
            event: try Event(topic: topic, type: try json.requireString("type"), json: json["data"] ?? .null))
    }
}

extension CloudEvents {
    /// A trace for everything about one order (or product): derived from the ids, so that a repetition has the same.
    ///
    /// - Source: W3C Trace Context, section 3.2, and the CloudEvents extension *Distributed Tracing*.
    public static func traceParent(of envelope: Envelope) -> String {
        let trace = hexadecimal(UInt64(bitPattern: envelope.key))
        var span = SeededGenerator(seed: UInt64(bitPattern: envelope.position) << 16 ^ UInt64(envelope.partition))
        // Neither part may be all zeros.
        return "00-646f6f7273746570\(trace)-\(hexadecimal(span.next() | 1))-01"
    }

    private static func hexadecimal(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
