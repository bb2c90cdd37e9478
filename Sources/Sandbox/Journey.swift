import Kernel

/// What couriers report.
enum TrackingStatus: String, Sendable, CaseIterable {
    case accepted = "ACCEPTED"
    case inTransit = "IN_TRANSIT"
    case outForDelivery = "OUT_FOR_DELIVERY"
    case failed = "FAILED"
    case delivered = "DELIVERED"
    case returning = "RETURNING"
    case returned = "RETURNED"
    case lost = "LOST"
}

/// A parcel's fate from its label to its end: decided by the seed and the reference alone.
struct Journey: Sendable, Equatable {
    struct Scan: Sendable, Equatable {
        let status: TrackingStatus
        /// Since the label was booked.
        let after: Duration
        /// Of delivery, from 1; 0 for scans that are none.
        let attempt: Int
    }

    let scans: [Scan]

    init(_ profile: JourneyProfile, reference: String, seed: UInt64) {
        var generator = SeededGenerator(seed: StableHash.of("journey/\(reference)", seed: seed))
        var scans: [Scan] = []
        var time = profile.pickup.inMilliseconds
        func scan(_ status: TrackingStatus, attempt: Int = 0) {
            scans.append(Scan(status: status, after: .milliseconds(time), attempt: attempt))
            let leg = profile.leg.inMilliseconds
            time += max(1, leg / 2 + (leg > 0 ? Int64.random(in: 0...leg, using: &generator) : 0))
        }
        scan(.accepted)
        scan(.inTransit)
        if generator.chance(profile.lostRate) {
            scan(.lost)
            self.scans = scans
            return
        }
        for attempt in 1...max(1, profile.attemptsMax) {
            scan(.outForDelivery, attempt: attempt)
            guard generator.chance(profile.failRate) else {
                scan(.delivered, attempt: attempt)
                self.scans = scans
                return
            }
            scan(.failed, attempt: attempt)
        }
        scan(.returning)
        scan(.returned)
        self.scans = scans
    }
}

/// One report about one parcel.
struct TrackingEvent: Sendable, Equatable {
    let trackingNumber: String
    let shipmentID: String
    let status: TrackingStatus
    let attempt: Int
    let occurredAt: Instant
    /// The same whenever it is reported.
    let id: String
    let place: GeoPoint

    func write(_ json: inout JSONWriter, withTrackingNumber: Bool) {
        if withTrackingNumber { json.member("tracking_number", trackingNumber) }
        json.member("status", status.rawValue)
        json.member("timestamp", occurredAt)
        json.member("event_id", id)
        json.member("location", place)
        if attempt > 0 { json.member("attempt", attempt) }
    }
}

/// All parcels under way: a heap of the next scan of each, whatever their number.
struct Journeys: Sendable {
    private struct Next: Comparable {
        let dueAt: Instant
        let courier: Int
        let label: Int
        let scan: Int

        static func < (left: Self, right: Self) -> Bool {
            (left.dueAt, left.courier, left.label) < (right.dueAt, right.courier, right.label)
        }
    }

    private var heap = MinHeap<Next>()
    private let seed: UInt64

    init(seed: UInt64) { self.seed = seed }

    /// Parcels that still move.
    var count: Int { heap.count }

    mutating func begin(courier: Int, label: Int, _ booked: CourierBooks.Label, _ profile: JourneyProfile) {
        heap.insert(Next(dueAt: booked.bookedAt + profile.pickup, courier: courier, label: label, scan: 0))
    }

    /// Makes the scans that are due, at most `limit`.
    /// - Complexity: O(scans · log parcels).
    mutating func advance(
        to now: Instant, limit: Int, _ couriers: inout [CourierBooks], _ report: (Int, TrackingEvent) -> Void
    ) {
        var made = 0
        while made < limit, let next = heap.first, next.dueAt <= now {
            _ = heap.popFirst()
            let label = couriers[next.courier].labels[next.label]
            // A voided label never moves again.
            guard !label.isVoided else { continue }
            made += 1
            // Computed anew for each scan: a few draws cost less than keeping every parcel's plan.
            let journey = Journey(
                couriers[next.courier].profile.journey, reference: label.trackingNumber, seed: seed)
            let scan = journey.scans[next.scan]
            couriers[next.courier].scan(next.label)
            report(
                next.courier,
                TrackingEvent(
                    trackingNumber: label.trackingNumber, shipmentID: label.shipmentID, status: scan.status,
                    attempt: scan.attempt, occurredAt: label.bookedAt + scan.after,
                    id: "\(label.trackingNumber)-\(next.scan + 1)", place: label.place))
            guard next.scan + 1 < journey.scans.count else { continue }
            heap.insert(
                Next(
                    dueAt: label.bookedAt + journey.scans[next.scan + 1].after, courier: next.courier,
                    label: next.label, scan: next.scan + 1))
        }
    }
}
