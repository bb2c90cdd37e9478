import Contracts
import Kernel
import Ports

/// One worker's reading of what the pumps fetched: never waits, and wakes the worker when more has come.
public final class BufferedEventLog: EventLog {
    private let buffer: EventBuffer
    private let signal: Signal
    private let clock: any WallClock
    private let cursors: any EventLog
    private let reader: UInt64

    /// - Parameters:
    ///   - signal: raised when there are new events to read.
    ///   - cursors: knows how far the readers of this worker's own topic have come.
    public init(_ buffer: EventBuffer, signal: Signal, clock: any WallClock, cursors: any EventLog) {
        self.buffer = buffer
        self.signal = signal
        self.clock = clock
        self.cursors = cursors
        reader = buffer.makeReader()
    }

    deinit { buffer.remove(reader) }

    /// The first reading of a place makes the pumps fetch it.
    public func read(_ topic: Topic, partition: Int, after position: Int64, limit: Int) throws(Fault) -> [Envelope] {
        try buffer.read(
            EventBuffer.Place(topic: topic, partition: partition), after: position, limit: limit, by: reader,
            signal: signal, now: clock.now)
    }

    /// Asks where the cursors are kept.
    public func readByAll(_ topic: Topic, partition: Int) throws(Fault) -> Int64 {
        try cursors.readByAll(topic, partition: partition)
    }
}
