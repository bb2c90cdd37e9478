import Hummingbird
import Kernel
import Shipping
import ShippingService
import Signing

/// What couriers call. They sign instead of having keys, and are late and repetitive: late is never refused, twice is
/// once.
enum CourierRoutes {
    static func all(_ services: APIServices) -> [Route] {
        [
            .post("/v1/shipments/{id}/status", .signed) { call async throws(Problem) in
                try await report(call, services)
            },
            .post("/v1/carriers/{carrier}/tracking-events", .signed) { call async throws(Problem) in
                try await reports(call, services)
            },
        ]
    }

    /// The brief's webhook: one report about one shipment, by our id.
    private static func report(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        let carrier = try signer(of: call, services)
        let id = try call.id("id", ShipmentKind.self, "shipment")
        try refuseReplay(of: call, about: id, services)
        let json = try call.json()
        let report: CourierReport
        do {
            report = try CourierReportReading(.threeStatuses).read(
                json, raw: String(decoding: call.body, as: UTF8.self), now: services.clock.now)
        } catch {
            throw Problem(error)
        }
        let entry = ReportEntry.report(
            about: .shipment(id), report, messageID: report.eventID ?? call.headers[.webhookID])
        switch try await record([entry], from: carrier, call, services).first {
        case .recorded, .duplicate:
            return .object { $0.member("message", "Status Updated & Notification Sent") }
        case .unknownShipment, .notThisCouriers, nil: throw .notFound("shipment")
        case .invalid(let rejection): throw Problem(rejection)
        }
    }

    /// Many reports, by the courier's own tracking numbers. Each is answered on its own.
    private static func reports(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        let carrier = call.parameter("carrier")
        if !call.isForwarded {
            try verify(call, services.configuration.courierSecrets[carrier] ?? [], services)
        }
        let body = try call.object()
        let now = services.clock.now
        let reading = CourierReportReading(.all(carrier: carrier), alsoAllowed: ["tracking_number"])
        guard let events = body.values("events", count: 1...ShippingCommand.maximumReports) else { throw body.problem }
        body.finish()
        guard body.isValid else { throw body.problem }
        let messageID = events.count == 1 ? call.headers[.webhookID] : nil
        let entries = events.enumerated().map { index, json in
            entry(json, reading, at: "/events/\(index)", messageID: messageID, now: now)
        }
        let outcomes = try await record(entries, from: carrier, call, services)
        return .object { json in
            json.member("results", array: outcomes) { json, outcome in json.object { write(outcome, &$0) } }
        }
    }

    private static func entry(
        _ json: JSONValue, _ reading: CourierReportReading, at pointer: String, messageID: String?, now: Instant
    ) -> ReportEntry {
        guard let number = json["tracking_number"]?.string, (1...64).contains(number.utf8.count) else {
            return .invalid(
                CourierReportRejection([.init(pointer + "/tracking_number", "required", "A string of 1 to 64 bytes.")]))
        }
        do throws(CourierReportRejection) {
            let report = try reading.read(json, at: pointer, now: now)
            return .report(about: .trackingNumber(number), report, messageID: report.eventID ?? messageID)
        } catch {
            return .invalid(error)
        }
    }

    private static func record(
        _ entries: [ReportEntry], from carrier: String, _ call: Call, _ services: APIServices
    ) async throws(Problem) -> [ReportOutcome] {
        let command = ShippingCommand.recordReports(
            carrier: carrier, entries: try await withShipments(entries, of: carrier, services))
        try services.shipping.mailbox.checkIsHere(command, call)
        switch await services.shipping.mailbox.answer(to: command) {
        case .accepted(.reports(let outcomes)): return outcomes
        case .rejected(let rejection): throw Problem(rejection)
        case .unavailable(let fault): throw Problem(fault)
        case .replayed, .keyReused, .parked: throw Problem(.entityParked, "The report waits for a person.")
        }
    }

    /// Where there are several partitions, a report goes to that of its shipment, which a tracking number does not tell.
    private static func withShipments(
        _ entries: [ReportEntry], of carrier: String, _ services: APIServices
    ) async throws(Problem) -> [ReportEntry] {
        guard services.shipping.mailbox.partitionCount > 1 else { return entries }
        let queries = services.shippingQueries
        return try await services.shipping.reads.ask { database throws(Fault) in
            try entries.map { entry throws(Fault) in
                guard case .report(about: .trackingNumber(let number), let report, let messageID) = entry else {
                    return entry
                }
                let labelled = try queries.shipments(carrier: carrier, trackingNumber: number, database)
                // Numbers are used again: the youngest label that was there when the report happened is meant.
                let meant = labelled.last { $0.shipment.bookedAt.map { $0 <= report.occurredAt } ?? false }
                guard let id = (meant ?? labelled.last)?.shipment.id else { return entry }
                return .report(about: .shipment(id), report, messageID: messageID)
            }
        }
    }

    private static func write(_ outcome: ReportOutcome, _ json: inout JSONWriter) {
        json.member("result", outcome.name)
        switch outcome {
        case .recorded(let id, let status, let changed):
            json.member("shipment_id", id)
            json.member("status", status.name)
            json.member("changed", changed)
        case .duplicate(let id): json.member("shipment_id", id)
        case .unknownShipment, .notThisCouriers: break
        case .invalid(let rejection):
            json.member("errors", array: rejection.problems) { json, problem in
                json.object { json in
                    json.member("pointer", problem.pointer)
                    json.member("detail", problem.detail)
                }
            }
        }
    }

    /// Which courier signed: the address does not say it, so every courier's secrets are tried.
    ///
    /// - Throws: 401 when none did.
    private static func signer(of call: Call, _ services: APIServices) throws(Problem) -> String {
        var refusal = Problem(WebhookRejection.signatureWrong)
        for (carrier, secrets) in services.configuration.courierSecrets.sorted(by: { $0.key < $1.key }) {
            do throws(Problem) {
                try verify(call, secrets, services)
                return carrier
            } catch {
                refusal = error
            }
        }
        throw refusal
    }

    /// The address, and with it the shipment, is not signed.
    ///
    /// - Throws: 401 when this very message was about another shipment before.
    private static func refuseReplay(
        of call: Call, about id: ShipmentID, _ services: APIServices
    ) throws(Problem) {
        let content = WebhookSignature.signedContent(
            id: call.headers[.webhookID] ?? "", timestamp: call.headers[.webhookTimestamp] ?? "", body: call.body)
        guard services.messagesSeen.note(content, about: id, now: services.clock.now) else {
            throw Problem(WebhookRejection.replayedElsewhere)
        }
    }

    private static func verify(_ call: Call, _ secrets: [WebhookSecret], _ services: APIServices) throws(Problem) {
        do {
            try WebhookSignature.verify(
                id: call.headers[.webhookID], timestamp: call.headers[.webhookTimestamp],
                signature: call.headers[.webhookSignature], body: call.body, secrets: secrets,
                now: services.clock.now)
        } catch {
            throw Problem(error)
        }
    }
}
