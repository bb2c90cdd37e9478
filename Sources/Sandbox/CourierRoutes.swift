import Kernel

/// A courier's API.
///
/// | request | answer |
/// |---|---|
/// | `POST /couriers/{code}/rates` | 200 `price` |
/// | `POST /couriers/{code}/labels` | 201 `reference`, `tracking_number`, `price`; the same again for the same reference |
/// | `GET /couriers/{code}/labels?reference=` | 200 as above, 404 `not_found` |
/// | `POST /couriers/{code}/labels/{reference}/void` | 200, also when it is void already or never was |
struct CourierRoutes: Sendable {
    let world: SandboxWorld

    func answer(_ courier: Int, _ request: SandboxRequest) throws(SandboxRefusal) -> SandboxAnswer {
        let path = Array(request.path.dropFirst(2))
        switch (request.method, path.count, path[0]) {
        case ("POST", 1, "rates"): return try rate(courier, request.body)
        case ("POST", 1, "labels"): return try book(courier, request.body)
        case ("GET", 1, "labels"):
            let reference = request.query["reference"] ?? ""
            // A label that was made and voided still is what became of the reference.
            guard let label = world.label(courier, reference) else {
                throw SandboxRefusal(404, "not_found", "no label has the reference '\(reference)'")
            }
            return Self.document(200, label)
        case ("POST", 3, "labels") where path[2] == "void":
            try world.void(courier, path[1])
            return SandboxAnswer(200) {
                $0.member("reference", path[1])
                $0.member("status", "voided")
            }
        default: throw SandboxRefusal(404, "no_such_path", request.path.joined(separator: "/"))
        }
    }

    private func rate(_ courier: Int, _ body: JSONValue) throws(SandboxRefusal) -> SandboxAnswer {
        let price = try world.price(
            courier, weightGrams: try SandboxReading.integer(body, "weight_grams"),
            country: try SandboxReading.string(body["destination"] ?? .null, "country"),
            currency: body["currency"]?.string.flatMap { Currency($0) } ?? .eur)
        return SandboxAnswer(200) { $0.member("price", price) }
    }

    private func book(_ courier: Int, _ body: JSONValue) throws(SandboxRefusal) -> SandboxAnswer {
        let destination = body["destination"] ?? .null
        let packages = body["packages"]?.array ?? []
        guard !packages.isEmpty else { throw SandboxRefusal(422, "packages_missing", "at least one is required") }
        var weight: Int64 = 0
        for package in packages { weight += try SandboxReading.integer(package, "weight_grams") }
        let value = try SandboxReading.money(body, "value")
        let label = try world.book(
            courier,
            CourierBooks.Booking(
                reference: try SandboxReading.string(body, "reference"),
                shipmentID: try SandboxReading.string(body, "shipment_id"),
                country: try SandboxReading.string(destination, "country"),
                place: try SandboxReading.place(destination, "place"), weightGrams: weight, currency: value.currency))
        return Self.document(201, label)
    }

    private static func document(_ status: Int, _ label: CourierBooks.Label) -> SandboxAnswer {
        SandboxAnswer(status) { json in
            json.member("reference", label.reference)
            json.member("tracking_number", label.trackingNumber)
            json.member("price", label.price)
            json.member("status", label.isVoided ? "voided" : "booked")
        }
    }
}

/// Reading what a client sent: anything missing is told by its name.
enum SandboxReading {
    static func string(_ body: JSONValue, _ name: String) throws(SandboxRefusal) -> String {
        guard let value = body[name]?.string, (1...255).contains(value.utf8.count) else { throw missing(name) }
        return value
    }

    static func integer(_ body: JSONValue, _ name: String) throws(SandboxRefusal) -> Int64 {
        guard let value = body[name]?.integer, (0...1_000_000_000).contains(value) else { throw missing(name) }
        return value
    }

    static func money(_ body: JSONValue, _ name: String) throws(SandboxRefusal) -> Money {
        do {
            return try body.requireMoney(name)
        } catch {
            throw missing(name)
        }
    }

    static func place(_ body: JSONValue, _ name: String) throws(SandboxRefusal) -> GeoPoint {
        do {
            return try body.requirePoint(name)
        } catch {
            throw missing(name)
        }
    }

    private static func missing(_ name: String) -> SandboxRefusal {
        SandboxRefusal(422, "member_invalid", "'\(name)' is missing or malformed")
    }
}
