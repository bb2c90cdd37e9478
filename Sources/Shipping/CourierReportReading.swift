import Kernel

/// Reads the document that a courier sends about one parcel.
///
/// ```json
/// {"status": "FAILED", "timestamp": "2026-11-24T09:30:00+01:00", "location": {"lat": 52.5, "lng": 13.4},
///  "event_id": "e-17", "reason": "nobody_home", "attempt": 2, "eta": "2026-11-25T12:00:00Z", "proof": "…"}
/// ```
///
/// `status` and `timestamp` are required. A time in the past is never refused, however long ago.
public struct CourierReportReading: Sendable {
    /// Which statuses are understood.
    public enum Vocabulary: Sendable, Equatable {
        /// `IN_TRANSIT`, `DELIVERED`, `FAILED`, and nothing else.
        case threeStatuses
        /// Those, our own finer ones in capitals (`OUT_FOR_DELIVERY`), and the codes of the carrier's own table.
        case all(carrier: String)
    }

    /// How far a courier's clock may be ahead of ours.
    public static let clockTolerance = Duration.seconds(300)

    public let vocabulary: Vocabulary
    /// Members that belong to the document around the report, such as `tracking_number`.
    public let alsoAllowed: [String]

    public init(_ vocabulary: Vocabulary, alsoAllowed: [String] = []) {
        self.vocabulary = vocabulary
        self.alsoAllowed = alsoAllowed
    }

    /// - Parameters:
    ///   - raw: the bytes as they came; by default the document written anew.
    ///   - pointer: where the document stands in the request, a JSON pointer.
    /// - Throws: ``CourierReportRejection`` with all problems, in the order of the members above.
    public func read(
        _ json: JSONValue, raw: String? = nil, at pointer: String = "", now: Instant
    ) throws(CourierReportRejection) -> CourierReport {
        guard let members = json.object else {
            throw CourierReportRejection([.init(pointer, "not_an_object", "A report is a JSON object.")])
        }
        var reading = MemberReading(json: json, pointer: pointer)
        let reason = reading.text("reason", limit: 200)
        let status = status(&reading, reason: reason)
        let occurredAt = reading.time("timestamp", isRequired: true)
        if let occurredAt, occurredAt - now > Self.clockTolerance {
            reading.report("timestamp", "in_the_future", "The timestamp is more than 5 minutes ahead.")
        }
        let location = reading.location()
        let eventID = reading.text("event_id", limit: 200)
        let attempt = reading.number("attempt", in: 1...99)
        let eta = reading.time("eta", isRequired: false)
        let proof = reading.text("proof", limit: 2000)
        for member in members where !Self.members.contains(member.name) && !alsoAllowed.contains(member.name) {
            reading.report(member.name, "unknown_member", "There is no such member.")
        }
        guard reading.problems.isEmpty, let status, let occurredAt else {
            throw CourierReportRejection(reading.problems)
        }
        return CourierReport(
            status: status, statusText: json["status"]?.string ?? "", occurredAt: occurredAt,
            timeText: json["timestamp"]?.string ?? "", location: location, eventID: eventID, reason: reason,
            attempt: attempt, eta: eta, proof: proof, raw: raw ?? String(decoding: json.bytes, as: UTF8.self))
    }

    private static let members = [
        "status", "timestamp", "location", "event_id", "reason", "attempt", "eta", "proof",
    ]

    private func status(_ reading: inout MemberReading, reason: String?) -> ShipmentStatus? {
        guard let text = reading.json["status"]?.string else {
            reading.report("status", "required", "The status is required and is a string.")
            return nil
        }
        switch text {
        case "IN_TRANSIT": return .inTransit
        case "DELIVERED": return .delivered
        case "FAILED": return FailureReason.status(reason)
        default: break
        }
        if case .all(let carrier) = vocabulary, let status = CarrierStatusMap.status(of: text, carrier: carrier) {
            return status
        }
        reading.report("status", "unknown_status", "The status is none that this endpoint knows.")
        return nil
    }
}

/// What `FAILED` means, by its reason: without one, or with one that is not listed, a delivery attempt failed.
///
/// | reason | status |
/// |---|---|
/// | `lost` | lost |
/// | `damaged`, `destroyed` | damaged |
/// | `refused`, `returning`, `return_to_sender` | returning |
/// | `returned` | returned |
/// | `on_hold`, `customs` | on hold |
/// | anything else, such as `nobody_home`, `no_access`, `address_not_found` | attempt failed |
public enum FailureReason {
    public static func status(_ reason: String?) -> ShipmentStatus {
        switch reason?.lowercased() {
        case "lost": .lost
        case "damaged", "destroyed": .damaged
        case "refused", "returning", "return_to_sender": .returning
        case "returned": .returned
        case "on_hold", "customs": .onHold
        default: .attemptFailed
        }
    }
}

/// Reads members and collects what is wrong with them.
struct MemberReading {
    let json: JSONValue
    let pointer: String
    private(set) var problems: [CourierReportRejection.Problem] = []

    init(json: JSONValue, pointer: String) {
        self.json = json
        self.pointer = pointer
    }

    mutating func report(_ member: String, _ code: String, _ detail: String) {
        let escaped = member.replacing("~", with: "~0").replacing("/", with: "~1")
        problems.append(.init("\(pointer)/\(escaped)", code, detail))
    }

    mutating func text(_ name: String, limit: Int) -> String? {
        guard let value = json[name], !value.isNull else { return nil }
        guard let text = value.string, (1...limit).contains(text.utf8.count) else {
            report(name, "invalid", "A string of 1 to \(limit) bytes.")
            return nil
        }
        return text
    }

    mutating func number(_ name: String, in range: ClosedRange<Int64>) -> Int? {
        guard let value = json[name], !value.isNull else { return nil }
        guard let number = value.integer, range.contains(number) else {
            report(name, "out_of_range", "An integer from \(range.lowerBound) to \(range.upperBound).")
            return nil
        }
        return Int(number)
    }

    mutating func time(_ name: String, isRequired: Bool) -> Instant? {
        guard let value = json[name], !(value.isNull && !isRequired) else {
            if isRequired { report(name, "required", "The \(name) is required.") }
            return nil
        }
        guard let text = value.string, let instant = Instant(rfc3339: text) else {
            report(name, "invalid", "A time by RFC 3339, with its offset.")
            return nil
        }
        return instant
    }

    mutating func location() -> GeoPoint? {
        guard let value = json["location"], !value.isNull else { return nil }
        guard let members = value.object else {
            report("location", "invalid", "An object with lat and lng.")
            return nil
        }
        let before = problems.count
        let latitude = degrees("lat", value["lat"], limit: 90)
        let longitude = degrees("lng", value["lng"], limit: 180)
        for member in members where member.name != "lat" && member.name != "lng" {
            let name = member.name.replacing("~", with: "~0").replacing("/", with: "~1")
            problems.append(.init("\(pointer)/location/\(name)", "unknown_member", "There is no such member."))
        }
        guard problems.count == before, let latitude, let longitude else { return nil }
        return GeoPoint(latitude: latitude, longitude: longitude)
    }

    private mutating func degrees(_ name: String, _ value: JSONValue?, limit: Double) -> Double? {
        guard let degrees = value?.number, (-limit...limit).contains(degrees) else {
            problems.append(
                .init("\(pointer)/location/\(name)", "out_of_range", "Degrees from -\(Int(limit)) to \(Int(limit))."))
            return nil
        }
        return degrees
    }
}
