import Kernel
import Testing

@testable import Shipping

@Suite struct CourierReportTests {
    let now = Instant(milliseconds: 1_764_000_000_000)

    private func read(
        _ text: String, _ vocabulary: CourierReportReading.Vocabulary = .threeStatuses, at pointer: String = ""
    ) throws -> CourierReport {
        try CourierReportReading(vocabulary).read(try JSONValue(parsing: Array(text.utf8)), at: pointer, now: now)
    }

    private func problems(_ text: String) throws -> [String] {
        do {
            _ = try read(text)
            return []
        } catch let rejection as CourierReportRejection {
            return rejection.problems.map { "\($0.pointer) \($0.code)" }
        }
    }

    @Test func theThreeStatusesOfTheBrief() throws {
        let time = "2025-11-24T16:00:00+01:00"
        let report = try read(
            #"{"status": "IN_TRANSIT", "timestamp": "\#(time)", "location": {"lat": 52.5, "lng": 13.4}}"#)
        #expect(report.status == .inTransit)
        #expect(report.occurredAt == Instant(rfc3339: "2025-11-24T15:00:00Z"))
        #expect(report.timeText == time)
        #expect(report.location == GeoPoint(latitude: 52.5, longitude: 13.4))
        #expect(try read(#"{"status": "DELIVERED", "timestamp": "\#(time)"}"#).status == .delivered)
        #expect(try read(#"{"status": "FAILED", "timestamp": "\#(time)"}"#).status == .attemptFailed)
    }

    @Test func whatFailedMeansByItsReason() throws {
        let rows: [(String, ShipmentStatus)] = [
            ("nobody_home", .attemptFailed), ("dog", .attemptFailed), ("lost", .lost), ("LOST", .lost),
            ("damaged", .damaged), ("destroyed", .damaged), ("refused", .returning), ("return_to_sender", .returning),
            ("returned", .returned), ("customs", .onHold),
        ]
        for (reason, status) in rows {
            let report = try read(
                #"{"status": "FAILED", "timestamp": "2025-11-24T15:00:00Z", "reason": "\#(reason)", "attempt": 2}"#)
            #expect(report.status == status, "\(reason)")
            #expect(report.reason == reason)
            #expect(report.attempt == 2)
        }
    }

    @Test func everythingThatIsWrongIsNamed() throws {
        #expect(try problems("[]") == [" not_an_object"])
        #expect(try problems("{}") == ["/status required", "/timestamp required"])
        #expect(
            try problems(
                #"{"status": "OUT_FOR_DELIVERY", "timestamp": "yesterday", "#
                    + #""location": {"lat": 90.5, "lng": -181, "z": 1},"#
                    + #""attempt": 0, "eta": 5, "reason": "", "pro/of": "x"}"#) == [
                    "/reason invalid", "/status unknown_status", "/timestamp invalid", "/location/lat out_of_range",
                    "/location/lng out_of_range", "/location/z unknown_member", "/attempt out_of_range", "/eta invalid",
                    "/pro~1of unknown_member",
                ])
        #expect(
            try problems(#"{"status": "delivered", "timestamp": "2025-11-24T15:00:00Z"}"#) == ["/status unknown_status"]
        )
    }

    @Test func aClockMayBeFiveMinutesAhead() throws {
        for (milliseconds, isTaken): (Int64, Bool) in [(299_999, true), (300_000, true), (300_001, false)] {
            let time = (now + .milliseconds(milliseconds)).rfc3339
            let found = try problems(#"{"status": "DELIVERED", "timestamp": "\#(time)"}"#)
            #expect(found == (isTaken ? [] : ["/timestamp in_the_future"]), "\(milliseconds)")
        }
        #expect(try problems(#"{"status": "DELIVERED", "timestamp": "1999-01-01T00:00:00Z"}"#).isEmpty)
    }

    @Test func placesEndAtThePolesAndTheDateLine() throws {
        for (latitude, longitude, isTaken) in [
            (90.0, 180.0, true), (-90, -180, true), (90.001, 0, false), (0, 180.001, false), (-90.001, 0, false),
        ] {
            let found = try problems(
                #"{"status": "DELIVERED", "timestamp": "2025-11-24T15:00:00Z", "#
                    + #""location": {"lat": \#(latitude), "lng": \#(longitude)}}"#
            )
            #expect(found.isEmpty == isTaken, "\(latitude) \(longitude)")
        }
    }

    @Test func batchesKnowFinerStatusesAndTheCarriersOwnCodes() throws {
        let rows: [(String, String, ShipmentStatus)] = [
            ("swift", "OUT_FOR_DELIVERY", .outForDelivery), ("swift", "OD", .outForDelivery),
            ("swift", "RD", .returned),
            ("turtle", "CARD_LEFT", .attemptFailed), ("turtle", "BACK_AT_SENDER", .returned),
            ("other", "READY_FOR_PICKUP", .readyForPickup), ("swift", "IN_TRANSIT", .inTransit),
        ]
        for (carrier, code, status) in rows {
            let text = #"{"status": "\#(code)", "timestamp": "2025-11-24T15:00:00Z"}"#
            #expect(try read(text, .all(carrier: carrier)).status == status, "\(code)")
        }
        #expect(throws: CourierReportRejection.self) {
            try read(#"{"status": "OD", "timestamp": "2025-11-24T15:00:00Z"}"#, .all(carrier: "turtle"), at: "/2")
        }
    }

    @Test func theFingerprintIsOfCourierShipmentStatusTimeAndPlace() throws {
        let id = ShipmentID(rawValue: 7)
        func print(_ text: String, _ id: ShipmentID, _ carrier: String = "swift") throws -> Int64 {
            try read(text).fingerprint(carrier: carrier, shipmentID: id)
        }
        let base = #"{"status": "DELIVERED", "timestamp": "2025-11-24T15:00:00Z"}"#
        let same = #"{"timestamp": "2025-11-24T16:00:00+01:00", "event_id": "x", "status": "DELIVERED"}"#
        #expect(try print(base, id) == print(same, id))
        #expect(try print(base, id) != print(base, id, "turtle"))
        #expect(try print(base, id) != print(base, ShipmentID(rawValue: 8)))
        #expect(try print(base, id) != print(#"{"status": "FAILED", "timestamp": "2025-11-24T15:00:00Z"}"#, id))
        #expect(try print(base, id) != print(#"{"status": "DELIVERED", "timestamp": "2025-11-24T15:00:00.001Z"}"#, id))
        #expect(
            try print(base, id)
                != print(
                    #"{"status": "DELIVERED", "timestamp": "2025-11-24T15:00:00Z", "location": {"lat": 1, "lng": 2}}"#,
                    id))
    }
}
