import Contracts
import Kernel
import Ports

/// Fills one place of an ``EventBuffer`` from a source that can be waited for, such as a feed: each answer brings the next
/// question.
public final class WaitingPump: Loop {
    /// Asks for events after a position, and waits for a moment when there are none.
    public typealias Fetch = (_ after: Int64) throws(Fault) -> [Envelope]

    public let name: String
    private let place: EventBuffer.Place
    private let buffer: EventBuffer
    private let clock: any WallClock
    private let fetch: Fetch

    /// Between two looks whether anybody reads the place.
    private static let idlePause = Duration.milliseconds(200)
    /// Between two questions that were answered: what comes meanwhile is one page.
    private static let pause = Duration.milliseconds(5)

    /// - Parameter fetch: used on this loop's thread only; may block.
    public init(
        _ topic: Topic, partition: Int, into buffer: EventBuffer, clock: any WallClock, fetch: @escaping Fetch
    ) {
        name = "reading \(topic.rawValue) \(partition) from its feed"
        place = EventBuffer.Place(topic: topic, partition: partition)
        self.buffer = buffer
        self.clock = clock
        self.fetch = fetch
    }

    /// Asks once, where somebody reads the place and there is room.
    public func step() throws(Fault) -> Duration {
        guard let want = buffer.wanted().first(where: { $0.place == place }), !want.isFull else {
            return Self.idlePause
        }
        do throws(Fault) {
            _ = buffer.append(try fetch(want.position), to: place, fromBroker: false, now: clock.now)
        } catch {
            if !error.isRetryable { buffer.report(error, at: place) }
            throw error
        }
        return Self.pause
    }

    /// Has nothing to let go of.
    public func close() {}
}
