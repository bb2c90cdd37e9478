import Contracts
import Kernel
import Ports
import Runtime
import Shipping
import ShippingService
import TestServers
import Testing

@Suite(.onEveryStore) struct ShippingReportTests {
    let bench: ShippingBench

    init() throws { bench = try ShippingBench() }

    private func entry(_ id: ShipmentID, _ report: CourierReport, _ messageID: String? = nil) -> ReportEntry {
        .report(about: .shipment(id), report, messageID: messageID)
    }

    @Test func aJourneyIsToldStepByStep() throws {
        let id = try bench.booked(1, "TT1")
        bench.handOver(1)
        try bench.run()
        let journey: [ShipmentStatus] = [.accepted, .inTransit, .outForDelivery, .delivered]
        for (minute, status) in journey.enumerated() {
            let outcomes = try bench.send([entry(id, bench.report(status, Int64(minute)))])
            #expect(outcomes == [.recorded(id, status: status, changed: true)])
        }
        #expect(
            try bench.run() == [
                "ShipmentAccepted", "ShipmentInTransit", "ShipmentOutForDelivery", "ShipmentDelivered",
            ])
        let view = try bench.view(1)
        #expect(view.shipment.status == .delivered)
        #expect(view.expectedAt == nil)
        let timeline = try bench.queries.timeline(of: id, bench.reader)
        #expect(timeline.map(\.event.status) == journey)
        #expect(timeline.first?.raw == #"{"status":"accepted"}"#)
        #expect(try bench.offenders() == [])
    }

    @Test func whatIsReportedBeforeTheBookingIsToldWithIt() throws {
        bench.request(1)
        try bench.run()
        let id = try bench.view(1).shipment.id
        _ = try bench.send([entry(id, bench.report(.accepted, 1)), entry(id, bench.report(.inTransit, 2))])
        #expect(try bench.run() == [])
        bench.carrierBooks(try #require(bench.effects.takeAll().first), "TT1")
        #expect(try bench.run() == ["ShipmentBooked", "ShipmentInTransit"])
        #expect(try bench.offenders() == [])
    }

    @Test func theJourneyOfALabelThatIsBeingVoidedIsToldToNobody() throws {
        bench.request(1)
        try bench.run()
        let booking = try #require(bench.effects.takeAll().first)
        let id = try bench.view(1).shipment.id
        bench.requestCancellation(1)
        try bench.run()
        bench.carrierBooks(booking, "TT1")
        #expect(try bench.run() == [])
        _ = try bench.send([entry(id, bench.report(.accepted, 1))])
        #expect(try bench.run() == [])
        bench.worker.mailbox.deliver(try #require(bench.effects.takeAll().first), .done(.acknowledged))
        #expect(try bench.run() == ["ShipmentCancelled"])
        #expect(try bench.offenders() == [])
    }

    @Test func lateReportsFillTheTimelineAndSayNothing() throws {
        let id = try bench.booked(1, "TT1")
        _ = try bench.send([entry(id, bench.report(.delivered, 9))])
        #expect(try bench.run() == ["ShipmentDelivered"])
        let outcomes = try bench.send([
            entry(id, bench.report(.inTransit, 2)), entry(id, bench.report(.attemptFailed, 3)),
        ])
        #expect(outcomes == Array(repeating: .recorded(id, status: .delivered, changed: false), count: 2))
        #expect(try bench.run() == [])
        #expect(try bench.view(1).shipment.tracking.failedAttempts == 1)
        #expect(try bench.offenders() == [])
    }

    @Test func whatIsKnownIsADuplicate() throws {
        let id = try bench.booked(1, "TT1")
        let report = bench.report(.inTransit, 1)
        // Twice within a request, by its content.
        #expect(
            try bench.send([entry(id, report), entry(id, report)]) == [
                .recorded(id, status: .inTransit, changed: true), .duplicate(id),
            ])
        // Later, by its content, whatever its message is called.
        #expect(try bench.send([entry(id, report, "other")]) == [.duplicate(id)])
        // By its message, whatever it says the second time.
        #expect(
            try bench.send([entry(id, bench.report(.outForDelivery, 2), "m")]) == [
                .recorded(id, status: .outForDelivery, changed: true)
            ])
        #expect(try bench.send([entry(id, bench.report(.delivered, 3), "m")]) == [.duplicate(id)])
        #expect(try bench.run() == ["ShipmentInTransit", "ShipmentOutForDelivery"])
        #expect(try bench.queries.timeline(of: id, bench.reader).count == 2)
    }

    @Test func everyElementHasItsOwnAnswer() throws {
        let id = try bench.booked(1, "TT1")
        let invalid = CourierReportRejection([.init("/3/status", "unknown_status", "?")])
        let unknown = ShipmentID(rawValue: 77)
        let entries: [ReportEntry] = [
            .report(about: .trackingNumber("TT1"), bench.report(.accepted, 1), messageID: nil),
            .report(about: .trackingNumber("TT2"), bench.report(.accepted, 1), messageID: nil),
            entry(unknown, bench.report(.accepted, 1)),
            .invalid(invalid),
            .report(about: .trackingNumber("TT1"), bench.report(.inTransit, 2), messageID: nil),
        ]
        #expect(
            try bench.send(entries) == [
                .recorded(id, status: .accepted, changed: true), .unknownShipment, .unknownShipment, .invalid(invalid),
                .recorded(id, status: .inTransit, changed: true),
            ])
        #expect(try bench.send([entry(id, bench.report(.delivered, 5))], from: "swift") == [.notThisCouriers])
        #expect(
            try bench.send(
                [.report(about: .trackingNumber("TT1"), bench.report(.delivered, 5), messageID: nil)], from: "swift")
                == [.unknownShipment])
        #expect(try bench.view(1).shipment.status == .inTransit)
    }

    @Test func threeFailedAttemptsComeBack() throws {
        let id = try bench.booked(1, "TT1")
        for minute in Int64(1)...3 {
            _ = try bench.send([entry(id, bench.report(.attemptFailed, minute, reason: "nobody_home"))])
        }
        _ = try bench.send([entry(id, bench.report(.returned, 9))])
        let events = bench.published.takeAll()
        #expect(
            events.map(\.type) == [
                "DeliveryAttemptFailed", "DeliveryAttemptFailed", "DeliveryAttemptFailed",
                "ShipmentReturning", "ShipmentReturned",
            ])
        let attempts = events.compactMap { event in
            if case .shipping(.deliveryAttemptFailed(let failed)) = event { failed.attempt } else { nil }
        }
        #expect(attempts == [1, 2, 3])
        #expect(try bench.offenders() == [])
    }

    /// Carriers use tracking numbers again: the label that existed when it happened is meant.
    @Test func aRecycledNumberMeansTheLabelOfItsDay() throws {
        let old = try bench.booked(1, "TT1")
        let oldDay = bench.clock.now
        bench.clock.advance(.seconds(200 * 86_400))
        let new = try bench.booked(2, "TT1")
        func report(_ at: Instant, _ status: ShipmentStatus) throws -> [ReportOutcome] {
            let report = CourierReport(status: status, statusText: "", occurredAt: at, timeText: "")
            return try bench.send([.report(about: .trackingNumber("TT1"), report, messageID: nil)])
        }
        #expect(try report(oldDay + .seconds(3600), .delivered) == [.recorded(old, status: .delivered, changed: true)])
        #expect(
            try report(bench.clock.now, .inTransit) == [.recorded(new, status: .inTransit, changed: true)])
        #expect(try bench.queries.shipments(carrier: "turtle", trackingNumber: "TT1", bench.reader).count == 2)
    }

    @Test func aReportThatComesWithTheBookingFindsItsLabel() throws {
        bench.request(1)
        try bench.run()
        let effect = try #require(bench.effects.takeAll().first)
        bench.carrierBooks(effect, "TT1")
        let outcomes = try bench.send([
            .report(about: .trackingNumber("TT1"), bench.report(.accepted, 1), messageID: nil)
        ])
        #expect(outcomes.map(\.name) == ["recorded"])
        #expect(try bench.run() == ["ShipmentBooked", "ShipmentAccepted"])
    }

    @Test func aVoidLabelThatIsScannedIsKeptAndChangesNothing() throws {
        let id = try bench.booked(1, "TT1")
        bench.requestCancellation(1)
        try bench.run()
        let void = try #require(bench.effects.takeAll().first)
        bench.worker.mailbox.deliver(void, .done(.acknowledged))
        try bench.run()
        #expect(
            try bench.send([entry(id, bench.report(.inTransit, 1))]) == [
                .recorded(id, status: .cancelled, changed: false)
            ])
        #expect(try bench.queries.timeline(of: id, bench.reader).count == 1)
        #expect(try bench.offenders() == [])
    }

    @Test func aRequestWithTooManyReportsIsRefused() throws {
        let id = try bench.booked(1, "TT1")
        let entries = Array(
            repeating: entry(id, bench.report(.accepted, 1)), count: ShippingCommand.maximumReports + 1)
        #expect(try bench.send(entries) == [])
        #expect(try bench.queries.timeline(of: id, bench.reader).isEmpty)
    }

    /// The same reports in any order, in batches of any size, with repetitions and restarts: the same end.
    @Test func orderBatchesAndRestartsDoNotChangeTheEnd() throws {
        var random = SeededGenerator(seed: 11)
        let statuses = ShipmentStatus.allCases
        let journeys = (0..<12).map { _ in
            (0..<Int.random(in: 2...8, using: &random)).map { index in
                bench.report(
                    statuses[Int.random(in: 0..<statuses.count, using: &random)], Int64(index / 2),
                    attempt: random.chance(0.3) ? index + 1 : nil)
            }
        }
        var ends: [[String]] = []
        for round in 0..<3 {
            let bench = try ShippingBench()
            let ids = try journeys.indices.map { try bench.booked(Int64($0 + 1), "TT\($0)") }
            var entries: [ReportEntry] = []
            for (journey, id) in zip(journeys, ids) {
                for report in journey {
                    for _ in 0...(round == 0 ? 0 : Int.random(in: 0...1, using: &random)) {
                        entries.append(entry(id, report))
                    }
                }
            }
            if round > 0 { entries.shuffle(using: &random) }
            while !entries.isEmpty {
                let count = min(entries.count, Int.random(in: 1...7, using: &random))
                _ = try bench.send(Array(entries.prefix(count)))
                entries.removeFirst(count)
                if round == 2, random.chance(0.3) { try bench.restart() }
            }
            ends.append(
                try bench.queries.list(limit: 100, bench.reader).map {
                    "\($0.shipment.status.name) \($0.shipment.tracking.failedAttempts)"
                })
            #expect(try bench.offenders() == [])
        }
        #expect(ends[0] == ends[1])
        #expect(ends[0] == ends[2])
    }
}
