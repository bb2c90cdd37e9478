import Kernel
import Shipping
import ShippingService

/// What happens to one parcel on its way, and when the courier's reports about it arrive.
enum ParcelJourney {
    struct Arrival {
        let at: Instant
        let entry: ReportEntry
    }

    /// Reports arrive late, twice and in any order; when each happened is true.
    static func arrivals(
        of trackingNumber: String, carrier: String, from start: Instant, _ random: inout SeededGenerator
    ) -> [Arrival] {
        var time = start
        var arrivals: [Arrival] = []
        for (index, (status, attempt)) in steps(&random).enumerated() {
            time = time + .seconds(Int.random(in: 600...30_000, using: &random))
            let entry = ReportEntry.report(
                about: .trackingNumber(trackingNumber),
                CourierReport(
                    status: status, statusText: status.name.uppercased(), occurredAt: time,
                    timeText: time.rfc3339, eventID: "\(trackingNumber)-\(index)", attempt: attempt),
                messageID: "\(trackingNumber)-\(index)")
            let copies = random.chance(0.2) ? 2 : 1
            for _ in 0..<copies {
                let isVeryLate = random.chance(0.1)
                let delay = Int.random(in: 1...(isVeryLate ? 100_000 : 900), using: &random)
                arrivals.append(Arrival(at: time + .seconds(delay), entry: entry))
            }
        }
        return arrivals
    }

    private static func steps(_ random: inout SeededGenerator) -> [(ShipmentStatus, Int?)] {
        var steps: [(ShipmentStatus, Int?)] = [(.accepted, nil), (.inTransit, nil)]
        let fate = Int.random(in: 0..<100, using: &random)
        // What is lost may be found.
        if fate < 6 { return steps + [(.lost, nil)] + (fate < 1 ? [(.delivered, nil)] : []) }
        steps.append((.outForDelivery, nil))
        switch fate {
        case 6..<20:
            for attempt in 1...3 { steps.append((.attemptFailed, attempt)) }
            steps += [(.returning, nil), (.returned, nil)]
        case 20..<35: steps += [(.attemptFailed, 1), (.outForDelivery, nil), (.delivered, nil)]
        default: steps.append((.delivered, nil))
        }
        return steps
    }
}
