import Foundation
import Kernel
import Ports
import Sandbox
import Testing

@testable import Gateways

/// How an outcome is to be classified.
enum Expected: Sendable, Equatable {
    case done, refused, failed, unknown

    init(_ outcome: EffectOutcome) {
        switch outcome {
        case .done: self = .done
        case .refused: self = .refused
        case .failed, .withheld: self = .failed
        case .unknown: self = .unknown
        }
    }
}

@Suite("Faults of carriers and payment provider")
struct PartyFaultsTests {
    /// Fault, what the first call ends as, and whether the party did it all the same.
    static let faults: [(faults: String, expected: Expected, isDone: Bool)] = [
        (#"{"outage": "unavailable"}"#, .failed, false),
        (#"{"outage": "drop"}"#, .unknown, false),
        (#"{"error_rate": 1}"#, .unknown, false),
        (#"{"throttle_rate": 1}"#, .failed, false),
        (#"{"redirect_rate": 1}"#, .unknown, false),
        (#"{"hang_rate": 1}"#, .unknown, false),
        (#"{"late_rate": 1}"#, .unknown, true),
        (#"{"cut_rate": 1}"#, .unknown, true),
        (#"{"garbage_rate": 1}"#, .unknown, true),
        (#"{"endless_rate": 1}"#, .unknown, true),
        (#"{"double_rate": 1}"#, .done, true),
        (#"{"latency_ms": 30, "jitter_ms": 20}"#, .done, true),
    ]

    @Test("A booking ends as what is provable, and after resolving there is exactly one label", arguments: faults)
    func booking(faults: String, expected: Expected, isDone: Bool) async throws {
        try await withSandbox { sandbox in
            let outside = try Outside(baseURL: sandbox.baseURL, total: .milliseconds(500))
            // The carrier does not know references again: only our looking up keeps a second label from being made.
            try await sandbox.setFaults("swift", #"{"forgets_references": true}"#)
            try await sandbox.setFaults("swift", faults)
            var effect = try Sample.book(7)
            let first = await outside.world.perform(effect, now: SystemClock().now)
            #expect(Expected(first) == expected, "\(first)")
            let before = try await sandbox.books()["couriers"]?["swift"]?["labels_booked"]?.integer
            #expect(before == (isDone ? 1 : 0))
            try await sandbox.clearFaults("swift")
            try await sandbox.setFaults("swift", #"{"forgets_references": true}"#)
            if expected != .done {
                effect.isUncertain = expected == .unknown
                let last = await outside.resolve(effect)
                guard case .done(.shipment(let number, let price)) = last else {
                    Issue.record("\(last)")
                    return
                }
                #expect(number.hasPrefix("SW"))
                #expect(price == Money(990 + 2 * 150, .eur))
            }
            let swift = try #require(try await sandbox.books()["couriers"]?["swift"])
            #expect(swift["labels_booked"]?.integer == 1)
            #expect(swift["shipments_with_several_labels"]?.integer == 0)
            try await outside.close()
        }
    }

    @Test("A capture ends as what is provable, and after resolving there is exactly one capture", arguments: faults)
    func capture(faults: String, expected: Expected, isDone: Bool) async throws {
        try await withSandbox { sandbox in
            let outside = try Outside(baseURL: sandbox.baseURL, total: .milliseconds(500))
            guard case .done(.payment(let authorization)) = await outside.resolve(Sample.authorize(7)) else {
                Issue.record("not authorized")
                return
            }
            try await sandbox.setFaults("payments", #"{"forgets_references": true}"#)
            try await sandbox.setFaults("payments", faults)
            var effect = Sample.capture(7, authorization, amount: 2_000)
            let first = await outside.world.perform(effect, now: SystemClock().now)
            #expect(Expected(first) == expected, "\(first)")
            try await sandbox.clearFaults("payments")
            try await sandbox.setFaults("payments", #"{"forgets_references": true}"#)
            if expected != .done {
                effect.isUncertain = expected == .unknown
                #expect(Expected(await outside.resolve(effect)) == .done)
            }
            let captures = try await sandbox.books()["payments"]?["totals"]?["capture"]
            #expect(captures?["count"]?.integer == 1)
            #expect(captures?["amount"]?.integer == 2_000)
            try await outside.close()
        }
    }

    @Test("A look-up that fails, in whatever way, leaves the call unknown and makes none", arguments: faults.prefix(10))
    func lookUpFails(faults: String, expected: Expected, isDone: Bool) async throws {
        try await withSandbox { sandbox in
            let outside = try Outside(baseURL: sandbox.baseURL, total: .milliseconds(300))
            try await sandbox.setFaults("swift", faults)
            var effect = try Sample.book(7)
            effect.isUncertain = true
            let outcome = await outside.world.perform(effect, now: SystemClock().now)
            #expect(Expected(outcome) == .unknown, "\(outcome)")
            #expect(try await sandbox.books()["couriers"]?["swift"]?["labels_booked"]?.integer == 0)
            try await outside.close()
        }
    }

    @Test("A call that certainly failed does not make a former uncertain one certain")
    func staysUncertain() async throws {
        // Nobody answers look-ups with "not found" and calls with 503 but a script.
        let receiver = try ScriptedReceiver()
        receiver.answerNext("200 OK\r\n")
        let outside = try Outside(baseURL: "http://127.0.0.1:\(receiver.port)")
        receiver.answerAlways("503 Service Unavailable\r\nretry-after: 7\r\n")
        let now = SystemClock().now
        var effect = Sample.effect(
            .voidShipment, 7,
            .voidShipment(shipmentID: ShipmentID(rawValue: 7), carrier: "swift", bookingReference: "book-x-0"))
        // An empty 200 is garbage.
        #expect(Expected(await outside.world.perform(effect, now: now)) == .unknown)
        #expect(
            await outside.world.perform(effect, now: now)
                == .failed(reason: "HTTP 503", retryAt: now + .seconds(7)))
        effect.isUncertain = true
        #expect(
            await outside.world.perform(effect, now: now)
                == .unknown(reason: "HTTP 503", lookUpAt: now + .seconds(7)))
        receiver.close()
        try await outside.close()
    }

    @Test("Where nobody listens, nothing happened")
    func connectionRefused() async throws {
        let receiver = try ScriptedReceiver()
        let port = receiver.port
        receiver.close()
        let outside = try Outside(baseURL: "http://127.0.0.1:\(port)")
        try await eventually("the port is closed") {
            Expected(await outside.world.perform(Sample.authorize(1), now: SystemClock().now)) == .failed
        }
        try await outside.close()
    }

    @Test("Where nobody ever answers the connection, nothing happened")
    func blackHole() async throws {
        // 192.0.2.0/24 is for documentation: packets to it are dropped or refused, never answered.
        let outside = try Outside(baseURL: "http://192.0.2.1:9", total: .milliseconds(300))
        let outcome = await outside.world.perform(Sample.authorize(1), now: SystemClock().now)
        #expect(Expected(outcome) == .failed, "\(outcome)")
        try await outside.close()
    }

    @Test("Statuses are classified by what they prove")
    func statuses() async throws {
        let receiver = try ScriptedReceiver()
        let outside = try Outside(baseURL: "http://127.0.0.1:\(receiver.port)")
        let table: [(Int, Expected)] = [
            (200, .unknown), (201, .unknown), (204, .unknown), (301, .unknown), (303, .unknown), (400, .failed),
            (401, .failed), (403, .failed), (404, .failed), (408, .failed), (422, .failed), (425, .failed),
            (429, .failed), (500, .unknown), (502, .unknown), (503, .failed), (504, .unknown),
        ]
        for (status, expected) in table {
            receiver.answerNext("\(status) Some Reason\r\nlocation: http://127.0.0.1:1/\r\n")
            let outcome = await outside.world.perform(Sample.authorize(1), now: SystemClock().now)
            #expect(Expected(outcome) == expected, "\(status): \(outcome)")
        }
        #expect(receiver.received.count == table.count, "no redirect was followed")
        receiver.close()
        try await outside.close()
    }
}

@Suite("Carriers and payment provider")
struct PartyTests {
    @Test("What a party says for people is text, not too much of it, and nothing else")
    func details() {
        let said = #"no\u001b[2J\r\nok \u2028"# + String(repeating: "x", count: 400)
        let body = Array(#"{"code": "card_declined", "detail": "\#(said)"}"#.utf8)
        do {
            _ = try AnswerReading.document(.answered(HTTPAnswer(status: 402, headers: [:], body: body)))
            Issue.record("402 is a refusal")
        } catch {
            guard case .refused(let code, let detail) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(code == "card_declined")
            #expect(detail == "no [2J  ok  " + String(repeating: "x", count: 288))
        }
    }

    @Test("Refusals carry the party's code")
    func refusals() async throws {
        try await withSandbox {
            $0.couriers[1].refusedCountries = ["IS"]
        } _: { sandbox in
            let outside = try Outside(baseURL: sandbox.baseURL)
            func code(_ effect: Effect) async -> String? {
                guard case .refused(let code, _) = await outside.world.perform(effect, now: SystemClock().now) else {
                    return nil
                }
                return code
            }
            #expect(await code(try Sample.book(1, carrier: "turtle", country: "IS")) == "destination_not_served")
            #expect(await code(Sample.authorize(2, method: "tok_declined_by_issuer")) == "card_declined")
            #expect(await code(Sample.authorize(3, method: "tok_insufficient")) == "insufficient_funds")
            #expect(await code(Sample.authorize(4, method: "4111111111111111")) == "method_unknown")
            #expect(await code(Sample.capture(5, "auth_nobody")) == "authorization_unknown")
            #expect(await code(try Sample.book(6, carrier: "pigeon")) == "carrier_unknown")
            try await outside.close()
        }
    }

    @Test("Money: captures stay within the authorization, refunds within the captures, at −1, 0 and +1")
    func amounts() async throws {
        try await withSandbox { sandbox in
            let outside = try Outside(baseURL: sandbox.baseURL)
            let pay = outside.payment
            let id = try await pay.authorize(Money(1_000, .eur), method: "tok_ok", reference: "a")
            _ = try await pay.capture(id, Money(400, .eur), reference: "c1")
            await #expect(throws: GatewayFault.self) { try await pay.capture(id, Money(601, .eur), reference: "c2") }
            _ = try await pay.capture(id, Money(599, .eur), reference: "c3")
            await #expect(throws: GatewayFault.self) { try await pay.refund(id, Money(1_000, .eur), reference: "r1") }
            _ = try await pay.refund(id, Money(999, .eur), reference: "r2")
            await #expect(throws: GatewayFault.self) { try await pay.refund(id, Money(1, .eur), reference: "r3") }
            await #expect(throws: GatewayFault.self) { try await pay.capture(id, Money(1, .gbp), reference: "c4") }
            try await pay.void(id, reference: "v1")
            await #expect(throws: GatewayFault.self) { try await pay.capture(id, Money(1, .eur), reference: "c5") }
            // Again under the same references: the first results, no second effect.
            #expect(try await pay.authorize(Money(1_000, .eur), method: "tok_ok", reference: "a") == id)
            let again = try await pay.capture(id, Money(400, .eur), reference: "c1")
            #expect(try await pay.lookUp(reference: "c1") == again)
            #expect(try await pay.lookUp(reference: "c2") == nil)
            try await pay.void(id, reference: "v1")
            await #expect(throws: GatewayFault.self) { try await pay.capture(id, Money(401, .eur), reference: "c1") }
            let totals = try #require(try await sandbox.books()["payments"]?["totals"])
            #expect(totals["authorization"]?["amount"]?.integer == 1_000)
            #expect(totals["capture"]?["amount"]?.integer == 999)
            #expect(totals["capture"]?["count"]?.integer == 2)
            #expect(totals["refund"]?["amount"]?.integer == 999)
            #expect(totals["void"]?["amount"]?.integer == 1)
            try await outside.close()
        }
    }

    @Test("Booking, looking up and voiding a label, in any order")
    func labels() async throws {
        try await withSandbox { sandbox in
            let outside = try Outside(baseURL: sandbox.baseURL)
            let turtle = HTTPCarrierGateway(
                code: "turtle", baseURL: "\(sandbox.baseURL)/couriers/turtle/", connections: outside.connections)
            let booking = try Sample.booking(3, carrier: "turtle")
            let person = try #require(try await OnePerson().recipient(of: booking.orderID))
            #expect(try await turtle.rate(booking) == Money(390 + 2 * 60, .eur))
            #expect(try await turtle.lookUp(reference: "book-3-0") == nil)
            let label = try await turtle.book(booking, recipient: person, reference: "book-3-0")
            let found = try #require(try await turtle.lookUp(reference: "book-3-0"))
            #expect(found == label)
            #expect(try await turtle.book(booking, recipient: person, reference: "book-3-0") == label)
            try await turtle.void(reference: "book-3-0")
            try await turtle.void(reference: "book-3-0")
            // Voided before a late booking arrives: no label comes of it.
            try await turtle.void(reference: "book 4/ä")
            await #expect(
                throws: GatewayFault.refused(code: "label_voided", detail: "book 4/ä was voided before it was booked")
            ) {
                try await turtle.book(booking, recipient: person, reference: "book 4/ä")
            }
            let books = try #require(try await sandbox.books()["couriers"]?["turtle"])
            #expect(books["labels_booked"]?.integer == 1)
            #expect(books["labels_voided"]?.integer == 1)
            #expect(books["labels"]?.array?.first?["requests"]?.integer == 2)
            try await outside.close()
        }
    }

    @Test("An erased person gets no parcel and no mail")
    func erased() async throws {
        let outside = try Outside(baseURL: "http://127.0.0.1:1", recipients: OnePerson(isErased: true))
        let mail = Sample.effect(
            .sendMail, 1, .sendMail(orderID: OrderID(rawValue: 1), template: "order.confirmed", facts: [:]))
        for effect in [try Sample.book(1), mail] {
            guard case .refused(let code, _) = await outside.world.perform(effect, now: SystemClock().now) else {
                Issue.record("not refused")
                continue
            }
            #expect(code == "recipient_erased")
        }
        try await outside.close()
    }

    @Test("A sandbox that was restarted knows its references from its journal, also when the last line is cut off")
    func journal() async throws {
        let path = "\(try Outside(baseURL: "http://127.0.0.1:1").mailFolder).journal"
        let (id, label) = try await withSandbox {
            $0.journalPath = path
        } _: { sandbox in
            let outside = try Outside(baseURL: sandbox.baseURL)
            let id = try await outside.payment.authorize(Money(1_000, .eur), method: "tok_ok", reference: "a")
            let label = await outside.resolve(try Sample.book(5))
            try await outside.close()
            return (id, label)
        }
        let handle = try #require(FileHandle(forWritingAtPath: path))
        try handle.seekToEnd()
        try handle.write(contentsOf: Array(#"{"paid": "captu"#.utf8))
        try await withSandbox {
            $0.journalPath = path
        } _: { sandbox in
            let outside = try Outside(baseURL: sandbox.baseURL)
            #expect(try await outside.payment.lookUp(reference: "a") == id)
            #expect(await outside.resolve(try Sample.book(5)) == label)
            #expect(try await sandbox.books()["couriers"]?["swift"]?["labels_booked"]?.integer == 1)
            _ = try await outside.payment.capture(id, Money(1_000, .eur), reference: "c")
            try await outside.close()
        }
        try FileManager.default.removeItem(atPath: path)
    }
}
