import Foundation
import Kernel
import Testing

@testable import Gateways
@testable import Sandbox

@Suite("Journeys")
struct JourneyTests {
    @Test("The same seed and reference play the same journey, and journeys end")
    func deterministic() {
        let profile = JourneyProfile(failRate: 0.3, attemptsMax: 2, lostRate: 0.1)
        var ends: [TrackingStatus: Int] = [:]
        for number in 0..<2_000 {
            let journey = Journey(profile, reference: "book-\(number)", seed: 4)
            #expect(journey == Journey(profile, reference: "book-\(number)", seed: 4))
            let statuses = journey.scans.map(\.status)
            #expect(statuses.starts(with: [.accepted, .inTransit]))
            #expect(journey.scans.map(\.after) == journey.scans.map(\.after).sorted())
            #expect(journey.scans[0].after == profile.pickup)
            ends[statuses[statuses.count - 1], default: 0] += 1
            if statuses.last == .returned {
                #expect(statuses.count(where: { $0 == .failed }) == 2)
                #expect(statuses.dropLast().last == .returning)
            }
        }
        // 10 % lost; of the rest 9 % fail twice.
        #expect((150...250).contains(ends[.lost] ?? 0))
        #expect((110...220).contains(ends[.returned] ?? 0))
        #expect(ends.values.reduce(0, +) == 2_000 && ends.count == 3)
    }

    @Test("A parcel that cannot be delivered comes back, one that is voided never moves")
    func scans() throws {
        let profile = CourierProfile(
            code: "swift", trackingPrefix: "SW", basePrice: 1, pricePerKilogram: 1,
            journey: JourneyProfile(
                pickup: .milliseconds(10), leg: .milliseconds(10), failRate: 1, attemptsMax: 2, lostRate: 0))
        var books = [CourierBooks(profile: profile, seed: 1)]
        var journeys = Journeys(seed: 1)
        let start = Instant(milliseconds: 0)
        for reference in ["a", "b"] {
            let booking = CourierBooks.Booking(
                reference: reference, shipmentID: "shp_\(reference)", country: "DE",
                place: try #require(GeoPoint(latitude: 1, longitude: 2)), weightGrams: 1, currency: .eur)
            let (index, _) = try books[0].book(booking, at: start, forgetful: false)
            journeys.begin(courier: 0, label: index, books[0].labels[index], profile.journey)
        }
        #expect(try books[0].void("b"))
        var events: [TrackingEvent] = []
        journeys.advance(to: start + .milliseconds(9), limit: 100, &books) { events.append($1) }
        #expect(events.isEmpty)
        journeys.advance(to: start + .seconds(10), limit: 100, &books) { events.append($1) }
        #expect(
            events.map(\.status) == [
                .accepted, .inTransit, .outForDelivery, .failed, .outForDelivery, .failed, .returning, .returned,
            ])
        #expect(events.map(\.attempt) == [0, 0, 1, 1, 2, 2, 0, 0])
        #expect(Set(events.map(\.id)).count == 8)
        #expect(journeys.count == 0)
    }
}

@Suite("Tracking reports", .serialized)
struct TrackingTests {
    private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    /// Books parcels, lets them travel, and gives back what the receiver was sent once every event has arrived.
    private func reports(
        _ form: TrackingReporting.Form, parcels: Int64, faults: String = "{}",
        receiver: ScriptedReceiver
    ) async throws -> [ScriptedReceiver.Received] {
        try await withSandbox { configuration in
            configuration.couriers[0].journey = JourneyProfile(
                pickup: .milliseconds(50), leg: .milliseconds(10), failRate: 0, lostRate: 0)
            configuration.reporting = TrackingReporting(
                baseURL: "http://127.0.0.1:\(receiver.port)/", form: form, secrets: ["swift": Self.secret])
        } _: { sandbox in
            try await sandbox.setFaults("swift", faults)
            let outside = try Outside(baseURL: sandbox.baseURL)
            for number in 1...parcels {
                #expect(Expected(await outside.resolve(try Sample.book(number))) == .done)
            }
            try await eventually("every event was taken") {
                let tracking = try await sandbox.control("GET", "books?totals=only")["tracking"]
                return tracking?["events"]?.integer == parcels * 4 && tracking?["messages_waiting"]?.integer == 0
                    && tracking?["messages_sent"]?.integer ?? 0 >= tracking?["messages_taken"]?.integer ?? 0
                    && Set(Self.events(receiver.received).compactMap { $0["event_id"]?.string }).count == parcels * 4
            }
            try await outside.close()
        }
        return receiver.received
    }

    private static func events(_ messages: [ScriptedReceiver.Received]) -> [JSONValue] {
        messages.flatMap { message -> [JSONValue] in
            guard let document = try? JSONValue(parsing: message.body) else { return [] }
            return document["events"]?.array ?? [document]
        }
    }

    @Test("Batches go to the courier's address, signed, and each parcel's events are all there")
    func batches() async throws {
        let receiver = try ScriptedReceiver()
        // Not taken at first: the same messages come again.
        receiver.answerNext("503 Not Yet\r\n", "500 Oh\r\n", "401 Who\r\n")
        let messages = try await reports(.batches(of: 16), parcels: 40, receiver: receiver)
        #expect(messages.allSatisfy { $0.path == "/v1/carriers/swift/tracking-events" })
        #expect(messages.allSatisfy { $0.isSigned(by: Self.secret) })
        #expect(messages.count < 160, "events travel together")
        let refused = messages.prefix(3).compactMap { $0.headers["webhook-id"] }
        for id in Set(refused) {
            let refusals = refused.count { $0 == id }
            #expect(messages.count { $0.headers["webhook-id"] == id } == refusals + 1)
        }
        let events = Self.events(Array(messages.dropFirst(3)))
        #expect(events.count == 160)
        let byParcel = Dictionary(grouping: events) { $0["tracking_number"]?.string ?? "" }
        #expect(byParcel.count == 40)
        for (_, events) in byParcel {
            let statuses = events.sorted { ($0["timestamp"]?.string ?? "") < ($1["timestamp"]?.string ?? "") }
                .map { $0["status"]?.string }
            #expect(statuses == ["ACCEPTED", "IN_TRANSIT", "OUT_FOR_DELIVERY", "DELIVERED"])
            #expect(events[0]["location"]?["lat"]?.number == 52.5)
        }
        receiver.close()
    }

    @Test("Events of a parcel that is not known yet come again in a message of their own")
    func unknownParcels() async throws {
        let receiver = try ScriptedReceiver()
        let body = #"{"results": [{"result": "unknown_shipment"}, {"result": "recorded"}]}"#
        let header = "200 OK\r\ncontent-length: \(body.utf8.count)\r\nconnection: close\r\n\r\n"
        receiver.answerNext(header + body)
        _ = try await reports(.batches(of: 16), parcels: 4, receiver: receiver)
        // Two messages may be under way at a time: whichever was answered first, its first event comes again.
        let told = { Self.events(receiver.received).compactMap { $0["event_id"]?.string } }
        try await eventually("one was told again") { told().count == Set(told()).count + 1 }
        let again = Dictionary(grouping: told()) { $0 }.filter { $0.value.count > 1 }.keys.first
        #expect(receiver.received.contains { Self.events([$0]).first?["event_id"]?.string == again })
        receiver.close()
    }

    @Test("One by one, events go to the shipment's own address")
    func single() async throws {
        let receiver = try ScriptedReceiver()
        let messages = try await reports(.single, parcels: 5, receiver: receiver)
        #expect(messages.count == 20)
        #expect(Set(messages.map(\.path)).count == 5)
        #expect(messages.allSatisfy { $0.path.hasPrefix("/v1/shipments/shp_") && $0.path.hasSuffix("/status") })
        #expect(messages.allSatisfy { $0.isSigned(by: Self.secret) && $0.headers["doorstep-carrier"] == "swift" })
        let events = Self.events(messages)
        #expect(events.allSatisfy { $0["tracking_number"] == nil && $0["timestamp"]?.string != nil })
        receiver.close()
    }

    @Test("On demand events come twice, late and in another order")
    func unruly() async throws {
        let receiver = try ScriptedReceiver()
        let messages = try await reports(
            .batches(of: 8), parcels: 30,
            faults:
                #"{"webhook_duplicate_rate": 0.5, "webhook_late_rate": 0.3, "webhook_late_ms": 300, "webhook_reorder_rate": 0.5}"#,
            receiver: receiver)
        let ids = messages.compactMap { $0.headers["webhook-id"] }
        #expect(Set(ids).count < ids.count, "some message came twice")
        let times = Self.events(messages).compactMap { $0["timestamp"]?.string }
        #expect(times != times.sorted(), "some event came after a later one")
        receiver.close()
    }
}
