import Kernel
import Ports

/// A carrier behind the courier API that `doorstep sandbox` speaks too.
///
/// | call | request |
/// |---|---|
/// | rate | `POST /rates` |
/// | book | `POST /labels`, with our reference as `Idempotency-Key` |
/// | look up | `GET /labels?reference=` |
/// | void | `POST /labels/{reference}/void` |
public struct HTTPCarrierGateway: CarrierGateway {
    public let code: String
    private let api: PartyAPI

    /// - Parameters:
    ///   - code: the carrier's, for example `swift`.
    ///   - baseURL: for example `http://127.0.0.1:8090/couriers/swift`.
    ///   - apiKey: sent as bearer token.
    public init(
        code: String, baseURL: String, apiKey: String? = nil, limits: HTTPLimits = HTTPLimits(),
        connections: PartyConnections
    ) {
        self.code = code
        api = PartyAPI(baseURL: baseURL, apiKey: apiKey, limits: limits, connections: connections)
    }

    public func rate(_ booking: ShipmentBooking) async throws(GatewayFault) -> Money {
        let answer = try await api.post("/rates", reference: "rate-\(booking.shipmentID)") { json in
            json.member("destination") { booking.destination.write(&$0) }
            json.member("weight_grams", booking.packages.reduce(0) { $0 + $1.weightGrams })
        }
        return try AnswerReading.money("price", answer["price"])
    }

    public func book(
        _ booking: ShipmentBooking, recipient: Recipient, reference: String
    ) async throws(GatewayFault) -> (trackingNumber: String, price: Money) {
        let answer = try await api.post("/labels", reference: reference) { json in
            json.member("reference", reference)
            json.member("shipment_id", booking.shipmentID)
            json.member("recipient") { $0.write(recipient) }
            json.member("destination") { booking.destination.write(&$0) }
            json.member("packages", array: booking.packages) { json, package in
                json.object {
                    $0.member("sscc", package.sscc)
                    $0.member("weight_grams", package.weightGrams)
                }
            }
            json.member("value", booking.value)
        }
        return try label(answer, reference)
    }

    public func lookUp(reference: String) async throws(GatewayFault) -> (trackingNumber: String, price: Money)? {
        guard let answer = try await api.get("/labels?reference=\(URLText.encode(reference))") else { return nil }
        return try label(answer, reference)
    }

    public func void(reference: String) async throws(GatewayFault) {
        do {
            let path = "/labels/\(URLText.encode(reference))/void"
            let answer = try await api.post(path, reference: "void-\(reference)") {
                $0.member("reference", reference)
            }
            try AnswerReading.requireReference(answer, reference)
        } catch {
            if case .refused(code: "not_found", _) = error { return }
            throw error
        }
    }

    private func label(
        _ answer: JSONValue, _ reference: String
    ) throws(GatewayFault) -> (trackingNumber: String, price: Money) {
        try AnswerReading.requireReference(answer, reference)
        return (
            try AnswerReading.identifier("tracking_number", answer["tracking_number"]),
            try AnswerReading.money("price", answer["price"])
        )
    }
}

extension JSONWriter {
    fileprivate mutating func write(_ recipient: Recipient) {
        member("name", recipient.name)
        member("street", recipient.street)
        member("city", recipient.city)
        member("postal_code", recipient.postalCode)
        member("country", recipient.country)
    }
}
