import Contracts
import Kernel
import Ports

/// Fills an ``EventBuffer`` from the log itself: all the time where there is no broker, and otherwise while the broker
/// is away or silent.
public final class OriginPump: Loop {
    public let name = "reading from the log"
    private let buffer: EventBuffer
    private let origin: any EventLog
    private let clock: any WallClock
    private let backsUpBroker: Bool
    private var asked: [EventBuffer.Place: (at: Instant, isEmpty: Bool)] = [:]

    /// After how long without news of a place a broker is doubted.
    static let patience = Duration.seconds(1)
    /// Between two questions that were answered with nothing.
    static let pause = Duration.milliseconds(20)
    private static let pageLimit = 1000

    /// - Parameters:
    ///   - origin: may block; used on this loop's thread only.
    ///   - backsUpBroker: a ``BrokerPump`` fills the same buffer.
    public init(_ origin: any EventLog, into buffer: EventBuffer, clock: any WallClock, backsUpBroker: Bool) {
        self.origin = origin
        self.buffer = buffer
        self.clock = clock
        self.backsUpBroker = backsUpBroker
    }

    /// Asks for every place that is due.
    public func step() throws(Fault) -> Duration {
        let wanted = buffer.wanted()
        var failure: Fault?
        var isBehind = false
        asked = asked.filter { known in wanted.contains { $0.place == known.key } }
        for want in wanted where isDue(want, now: clock.now) {
            do throws(Fault) {
                let envelopes = try origin.read(
                    want.place.topic, partition: want.place.partition, after: want.position, limit: Self.pageLimit)
                asked[want.place] = (clock.now, envelopes.isEmpty)
                _ = buffer.append(envelopes, to: want.place, fromBroker: false, now: clock.now)
                if envelopes.count == Self.pageLimit { isBehind = true }
            } catch {
                if !error.isRetryable { buffer.report(error, at: want.place) }
                failure = error
            }
        }
        if let failure { throw failure }
        return isBehind ? .zero : Self.pause
    }

    /// Has nothing to let go of.
    public func close() {}

    private func isDue(_ want: EventBuffer.Wanted, now: Instant) -> Bool {
        if want.isFull { return false }
        guard backsUpBroker, buffer.isFed else { return true }
        // A broker that speaks and is no farther behind than usual needs no help.
        if now - want.brokerSpokeAt < Self.patience, want.isBrokerNear { return false }
        // Of one that is silent it is not known whether there is nothing to say.
        guard let last = asked[want.place] else { return true }
        return !last.isEmpty || now - last.at >= Self.patience
    }
}
