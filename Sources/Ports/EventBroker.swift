import Contracts
import Kernel

/// A message broker that carries topics to other processes. It is transport and never the truth: what it loses is
/// published again from the log.
///
/// Connecting and everything after it throw `broker_unavailable` (retryable) while the broker cannot be reached or does
/// not answer in time, and `broker_refused` (not retryable) when it will not let us in or a setting is wrong.
public protocol EventBroker: Sendable {
    /// Connects for publishing. What topics are missing is made.
    func connectPublisher() throws(Fault) -> any EventPublisher

    /// Connects for reading. What topics are missing is made.
    func connectReader() throws(Fault) -> any EventReader
}

/// A connection that publishes; confined to one thread. After a fault other than `broker_truncated` it is to be closed.
public protocol EventPublisher: AnyObject {
    /// How far the broker has come with a partition: it holds this position, and publishing goes on after it.
    ///
    /// What the broker dropped by its retention does not count. The answer may be too low and is never too high; asking
    /// costs a few reads, so it is for starts and doubts.
    ///
    /// - Returns: 0 when it holds nothing.
    func extent(_ topic: Topic, partition: Int) throws(Fault) -> Int64

    /// Publishes events, in order within each partition, and returns when all are durable at the broker.
    ///
    /// - Throws: a retryable fault when some or all may not have been published; `broker_truncated` (retryable) when the
    ///   broker turned out to have lost what it acknowledged before: ask for the extents again.
    func publish(_ envelopes: [Envelope]) throws(Fault)

    /// Notices a connection that was lost while there was nothing to publish.
    ///
    /// - Throws: `broker_unavailable` when the broker may have been away since the last call.
    func verify() throws(Fault)

    func close()
}

/// A connection that reads partitions as they grow; confined to one thread. After a fault it is to be closed.
public protocol EventReader: AnyObject {
    /// Reads a partition from here on; if it is being read already, what was fetched and not returned is dropped.
    func seek(_ topic: Topic, partition: Int, to place: ReadingPlace) throws(Fault)

    /// Stops reading a partition, which is kept.
    func leave(_ topic: Topic, partition: Int) throws(Fault)

    /// Waits for records of any partition.
    ///
    /// - Returns: what there is, in order of offset within each partition, without waiting for more; none when nothing
    ///   came in time.
    func poll(atMost wait: Duration) throws(Fault) -> [BrokerRecord]

    func close()
}

/// Where reading a partition begins.
public enum ReadingPlace: Sendable, Equatable {
    /// At the last record or a little before it; where there is none, at the first that comes.
    case end
    /// At this offset of the broker, or at the first after it that is still there.
    case offset(Int64)
}

/// What a broker held at an offset.
public struct BrokerRecord: Sendable {
    public let topic: Topic
    public let partition: Int
    /// The broker's own numbering, which says nothing about ours.
    public let offset: Int64
    /// One event, or several that follow each other; none for what is no event of ours, or one that this version cannot
    /// read.
    public let envelopes: [Envelope]

    public init(topic: Topic, partition: Int, offset: Int64, document: some Collection<UInt8>) {
        self.topic = topic
        self.partition = partition
        self.offset = offset
        do throws(Fault) {
            let isBatch = document.first == UInt8(ascii: "[")
            let read = isBatch ? try CloudEvents.readBatch(document) : [try CloudEvents.read(document)]
            envelopes = read.allSatisfy { $0.topic == topic && $0.partition == partition } ? read : []
        } catch {
            // Others may write to a broker; an event of ours that is missing is noticed by its position.
            envelopes = []
        }
    }
}
