import Contracts
import Kernel
import Ports

/// Fills an ``EventBuffer`` from a broker: drops what came twice, and reads what the broker does not have from the log
/// behind it.
public final class BrokerPump: Loop {
    public let name = "reading from the broker"
    private let broker: any EventBroker
    private let buffer: EventBuffer
    private let origin: any EventLog
    private let clock: any WallClock
    private var reader: (any EventReader)?
    private var places: [EventBuffer.Place: Reading] = [:]

    /// Where reading a place stands.
    private struct Reading {
        let generation: UInt64
        /// Looking for the record that follows what the buffer has; `nil` once it was found.
        var search: ReadingPlace? = .end
        /// Records to go back by where none is of ours.
        var stride: Int64 = 64
        var isLeft = false
    }

    private static let pollTime = Duration.milliseconds(100)

    /// - Parameter origin: the log that the broker's topics are filled from, directly or over HTTP; it may block.
    public init(_ broker: any EventBroker, into buffer: EventBuffer, origin: any EventLog, clock: any WallClock) {
        self.broker = broker
        self.buffer = buffer
        self.origin = origin
        self.clock = clock
    }

    /// Follows who reads what, and takes over what came.
    public func step() throws(Fault) -> Duration {
        do throws(Fault) {
            let wanted = buffer.wanted()
            guard !wanted.isEmpty else { return Self.pollTime }
            let reader = try connected()
            try follow(wanted, reader)
            let records = try reader.poll(atMost: Self.pollTime)
            buffer.isFed = true
            try take(records, reader)
            return .zero
        } catch {
            close()
            throw error
        }
    }

    /// Leaves the broker.
    public func close() {
        buffer.isFed = false
        reader?.close()
        reader = nil
        places = [:]
    }

    private func connected() throws(Fault) -> any EventReader {
        if let reader { return reader }
        let reader = try broker.connectReader()
        self.reader = reader
        return reader
    }

    /// Begins reading where it is new, stops where nobody reads or too much waits, and goes on where there is room.
    private func follow(_ wanted: [EventBuffer.Wanted], _ reader: any EventReader) throws(Fault) {
        var gone = Set(places.keys)
        for want in wanted {
            gone.remove(want.place)
            let known = places[want.place]
            if let known, known.generation == want.generation {
                if want.isFull && !known.isLeft {
                    try reader.leave(want.place.topic, partition: want.place.partition)
                    places[want.place]?.isLeft = true
                }
                if !known.isLeft || want.isFull { continue }
            }
            places[want.place] = Reading(generation: want.generation)
            try reader.seek(want.place.topic, partition: want.place.partition, to: .end)
        }
        for place in gone.sorted() {
            try reader.leave(place.topic, partition: place.partition)
            places[place] = nil
        }
    }

    /// Records of one place come in runs.
    private func take(_ records: [BrokerRecord], _ reader: any EventReader) throws(Fault) {
        var rest = records[...]
        var sought: Set<EventBuffer.Place> = []
        while let first = rest.first {
            let run = rest.prefix { $0.topic == first.topic && $0.partition == first.partition }
            rest = rest.dropFirst(run.count)
            let place = EventBuffer.Place(topic: first.topic, partition: first.partition)
            // What else was fetched from where a place was read before is not what it is read for now.
            if sought.contains(place) { continue }
            if try take(run, at: place, reader) { sought.insert(place) }
        }
    }

    /// - Returns: whether the place is read from somewhere else now.
    private func take(
        _ run: ArraySlice<BrokerRecord>, at place: EventBuffer.Place, _ reader: any EventReader
    ) throws(Fault) -> Bool {
        guard let reading = places[place], !reading.isLeft, let end = buffer.end(place) else { return false }
        let ours = run.flatMap(\.envelopes)
        guard let envelope = ours.first else { return try passStrangers(run, at: place, reader) }
        if let search = reading.search {
            if envelope.position > end + 1,
                let earlier = Self.earlier(
                    run, search, missing: Self.records(for: envelope.position - end - 1, as: ours.count, in: run.count))
            {
                places[place]?.search = earlier
                try reader.seek(place.topic, partition: place.partition, to: earlier)
                return true
            }
            try verify(envelope, at: place)
            places[place]?.search = nil
        }
        try append(ours, to: place)
        return false
    }

    /// A broker that was filled by another installation, or before a database was restored, must not be believed.
    ///
    /// - Throws: `broker_foreign` (retryable: an operator mends it) when the log has another event at this position, or
    ///   has not come so far.
    private func verify(_ envelope: Envelope, at place: EventBuffer.Place) throws(Fault) {
        let known: [Envelope]
        do throws(Fault) {
            known = try origin.read(
                place.topic, partition: place.partition, after: envelope.position - 1, limit: 1)
        } catch {
            // It no longer has the event, or cannot be asked: then the broker is all there is. But who has read nothing
            // yet could not tell ours from what another installation left, as where the log is still to be made.
            guard error.code == "log_gap" || (buffer.end(place) ?? 0) > 0 else { throw error }
            return
        }
        guard known.first == envelope else {
            throw Fault(
                "broker_foreign", retryable: true,
                "\(place.topic.rawValue) \(place.partition): the broker's event \(envelope.position) is not the log's")
        }
    }

    /// Where others wrote last, ours are farther back.
    private func passStrangers(
        _ run: ArraySlice<BrokerRecord>, at place: EventBuffer.Place, _ reader: any EventReader
    ) throws(Fault) -> Bool {
        guard let reading = places[place], let search = reading.search,
            let earlier = Self.earlier(run, search, missing: reading.stride)
        else { return false }
        places[place]?.search = earlier
        places[place]?.stride *= 8
        try reader.seek(place.topic, partition: place.partition, to: earlier)
        return true
    }

    /// How many records so many events take, where some records held so many of ours.
    private static func records(for events: Int64, as seen: Int, in records: Int) -> Int64 {
        max(1, (events * Int64(records) + Int64(seen) - 1) / Int64(seen))
    }

    /// Where to look for what should come before some records: as many records before the first of them, others'
    /// included, as are missing. Counted from the first of ours, it would never get past many of others'.
    ///
    /// - Returns: `nil` when the broker has nothing earlier.
    private static func earlier(
        _ run: ArraySlice<BrokerRecord>, _ asked: ReadingPlace, missing: Int64
    ) -> ReadingPlace? {
        guard let first = run.first, first.offset > 0 else { return nil }
        if case .offset(let offset) = asked, first.offset > offset { return nil }
        return .offset(max(0, first.offset - missing))
    }

    private func append(_ envelopes: [Envelope], to place: EventBuffer.Place) throws(Fault) {
        var outcome = buffer.append(envelopes, to: place, fromBroker: true, now: clock.now)
        while case .gap(let position) = outcome {
            guard let next = envelopes.first(where: { $0.position > position + 1 }) else { return }
            let missing = try origin.read(
                place.topic, partition: place.partition, after: position,
                limit: Int(min(1000, next.position - position - 1)))
            guard !missing.isEmpty else {
                throw Fault(
                    "log_gap", retryable: true,
                    "\(place.topic.rawValue) \(place.partition): neither broker nor log has \(position + 1)")
            }
            _ = buffer.append(missing, to: place, fromBroker: false, now: clock.now)
            outcome = buffer.append(envelopes, to: place, fromBroker: true, now: clock.now)
        }
    }
}
