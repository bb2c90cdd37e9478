import Kernel
import Testing

@testable import Shipping

@Suite struct TrackingFoldTests {
    /// A report `minute` minutes after the start of the day.
    static func report(
        _ status: ShipmentStatus, _ minute: Int64, id: Int64? = nil, carrier: String = "swift", reason: String? = nil,
        attempt: Int? = nil, eta: Int64? = nil, proof: String? = nil, location: GeoPoint? = nil
    ) -> TrackingEvent {
        TrackingEvent(
            id: id ?? minute * 100 + status.rawValue, carrier: carrier, status: status,
            occurredAt: Instant(milliseconds: minute * 60_000), location: location, reason: reason, attempt: attempt,
            eta: eta.map { Instant(milliseconds: $0 * 60_000) }, proof: proof)
    }

    static func fold(_ events: [TrackingEvent]) -> TrackingState { TrackingFold.fold(events, maximumAttempts: 3) }

    @Test func whatLeadsWhere() {
        typealias Row = (journey: [ShipmentStatus], end: ShipmentStatus)
        let rows: [Row] = [
            ([], .created),
            ([.accepted, .inTransit, .outForDelivery, .delivered], .delivered),
            ([.inTransit], .inTransit),
            ([.delivered], .delivered),
            ([.inTransit, .accepted], .inTransit),
            ([.outForDelivery, .attemptFailed, .inTransit, .outForDelivery], .outForDelivery),
            ([.lost, .inTransit], .inTransit),
            ([.lost, .delivered], .delivered),
            ([.delivered, .inTransit], .delivered),
            ([.delivered, .lost], .delivered),
            ([.delivered, .returning], .returning),
            ([.delivered, .returned], .returned),
            ([.returning, .inTransit], .returning),
            ([.returning, .lost], .lost),
            ([.returning, .delivered], .delivered),
            ([.returning, .returned, .inTransit], .returned),
            ([.returned, .delivered], .returned),
            ([.damaged, .inTransit], .damaged),
            ([.damaged, .returning, .returned], .returned),
            ([.onHold, .readyForPickup], .readyForPickup),
            ([.unknown], .unknown),
            ([.unknown, .accepted], .accepted),
            ([.inTransit, .unknown], .inTransit),
            ([.inTransit, .created], .inTransit),
            ([.inTransit, .cancelled], .inTransit),
        ]
        for row in rows {
            let events = row.journey.enumerated().map { Self.report($1, Int64($0)) }
            #expect(Self.fold(events).status == row.end, "\(row.journey.map(\.name))")
        }
    }

    @Test func onlyTheCarrierThatDeliveredMayCorrectIt() {
        let delivered = Self.report(.delivered, 1, carrier: "swift")
        #expect(Self.fold([delivered, Self.report(.returning, 2, carrier: "turtle")]).status == .delivered)
        #expect(Self.fold([delivered, Self.report(.returning, 2, carrier: "swift")]).status == .returning)
        #expect(Self.fold([delivered, Self.report(.returning, 1, carrier: "swift")]).status == .delivered)
    }

    @Test func theThirdFailedAttemptTurnsTheParcelBack() {
        let attempts = (1...3).map { Self.report(.attemptFailed, $0, reason: "nobody_home") }
        #expect(Self.fold(Array(attempts.prefix(2))).status == .attemptFailed)
        let state = Self.fold(attempts)
        #expect(state.status == .returning)
        #expect(state.failedAttempts == 3)
        #expect(state.reason == "nobody_home")
        #expect(TrackingFold.fold(attempts, maximumAttempts: 4).status == .attemptFailed)
        #expect(Self.fold(attempts + [Self.report(.delivered, 9)]).status == .delivered)
    }

    @Test func anAttemptThatIsReportedTwiceCountsOnce() {
        #expect(
            Self.fold([Self.report(.attemptFailed, 1, attempt: 1), Self.report(.attemptFailed, 2, attempt: 1)])
                .failedAttempts == 1)
        #expect(
            Self.fold([
                Self.report(.attemptFailed, 1, attempt: 1), Self.report(.outForDelivery, 2),
                Self.report(.attemptFailed, 3, attempt: 1),
            ]).failedAttempts == 2)
        #expect(Self.fold([Self.report(.attemptFailed, 1, attempt: 2)]).failedAttempts == 2)
    }

    @Test func theLatestOfEachFactIsKept() {
        let berlin = GeoPoint(latitude: 52.5, longitude: 13.4)
        let state = Self.fold([
            Self.report(.inTransit, 1, eta: 50, location: berlin),
            Self.report(.outForDelivery, 2, eta: 60),
            Self.report(.delivered, 3, proof: "signed A. B."),
        ])
        #expect(state.eta == Instant(milliseconds: 60 * 60_000))
        #expect(state.location == berlin)
        #expect(state.proof == "signed A. B.")
        #expect(state.since == Instant(milliseconds: 3 * 60_000))
    }

    @Test func aRepeatedStatusKeepsTheTimeOfTheFirst() {
        let state = Self.fold([Self.report(.inTransit, 1), Self.report(.inTransit, 5)])
        #expect(state.since == Instant(milliseconds: 60_000))
        #expect(state.lastEventAt == Instant(milliseconds: 5 * 60_000))
    }

    /// Any permutation and any duplication of the same reports, many of them of the same minute.
    @Test func orderAndRepetitionOfReportsDoNotMatter() {
        var random = SeededGenerator(seed: 20_261_124)
        let statuses = ShipmentStatus.allCases
        for round in 0..<3000 {
            let count = Int.random(in: 1...12, using: &random)
            let events = (0..<count).map { index in
                Self.report(
                    statuses[Int.random(in: 0..<statuses.count, using: &random)],
                    Int64.random(in: 0..<6, using: &random), id: Int64(index),
                    carrier: random.chance(0.8) ? "swift" : "turtle",
                    reason: random.chance(0.5) ? "reason \(index)" : nil,
                    attempt: random.chance(0.5) ? Int.random(in: 1...4, using: &random) : nil,
                    eta: random.chance(0.5) ? Int64(index) : nil)
            }
            let expected = Self.fold(events.sorted(by: TrackingEvent.occurredBefore))
            for _ in 0..<4 {
                var shuffled = events
                for event in events where random.chance(0.5) { shuffled.append(event) }
                shuffled.shuffle(using: &random)
                #expect(Self.fold(shuffled) == expected, "round \(round)")
            }
        }
    }
}
