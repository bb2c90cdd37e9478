import Contracts
import Kernel

/// What is sent to a broker at once: an event, or several that follow each other in one partition.
///
/// - Source: CloudEvents 1.0.2, JSON event format, sections 3 and 4 (a batch is an array of events).
public struct EventMessage: Sendable {
    public let topic: Topic
    public let partition: Int
    /// Of the first event.
    public let position: Int64
    public let contentType: String
    public let document: [UInt8]
    /// The event, where there is one only.
    public let single: Envelope?

    /// Bytes of a batch: well below what brokers take by default (Kafka: a million).
    private static let sizeMax = 262_144

    /// How many events a message may have.
    public static let batchRange = 1...1000

    /// - Parameter text: of a broker's setting `batch`.
    /// - Throws: `broker_url_invalid`.
    public static func batch(_ text: String) throws(Fault) -> Int {
        guard let count = Int(text), batchRange.contains(count) else {
            throw BrokerURL.invalid("batch is \(batchRange.lowerBound) to \(batchRange.upperBound)")
        }
        return count
    }

    /// Puts events into messages. Order is kept within each partition; an event that is too big for a batch stands alone.
    ///
    /// - Parameter batch: how many events go into a message at most; with 1, each stands alone.
    /// - Complexity: O(n) in the documents' bytes, where few events are big.
    public static func pack(_ envelopes: [Envelope], batch: Int) -> [EventMessage] {
        var messages: [EventMessage] = []
        var rest = envelopes[...]
        while let first = rest.first {
            let run = rest.prefix(batch).prefix { $0.topic == first.topic && $0.partition == first.partition }
            append(run, to: &messages)
            rest = rest.dropFirst(run.count)
        }
        return messages
    }

    /// One message, or two halves of one that is too big.
    private static func append(_ run: ArraySlice<Envelope>, to messages: inout [EventMessage]) {
        guard let first = run.first else { return }
        guard run.count > 1 else {
            messages.append(EventMessage(first, CloudEvents.document(first), single: first))
            return
        }
        let document = CloudEvents.batch(run)
        if document.count <= sizeMax {
            messages.append(EventMessage(first, document))
        } else {
            append(run.prefix(run.count / 2), to: &messages)
            append(run.dropFirst(run.count / 2), to: &messages)
        }
    }

    /// - Parameter single: the event, where `first` is the only one.
    private init(_ first: Envelope, _ document: [UInt8], single: Envelope? = nil) {
        topic = first.topic
        partition = first.partition
        position = first.position
        contentType = single == nil ? CloudEvents.batchContentType : CloudEvents.contentType
        self.document = document
        self.single = single
    }
}
