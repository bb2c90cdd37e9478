import Kernel
import Ports

/// A payment provider behind the payment API that `doorstep sandbox` speaks too.
///
/// | call | request, with our reference as `Idempotency-Key` |
/// |---|---|
/// | authorize | `POST /authorizations` |
/// | capture, refund, void | `POST /authorizations/{id}/captures`, `…/refunds`, `…/void` |
/// | look up | `GET /operations?reference=` |
public struct HTTPPaymentGateway: PaymentGateway {
    private let api: PartyAPI

    /// - Parameters:
    ///   - baseURL: for example `http://127.0.0.1:8090/payments`.
    ///   - apiKey: sent as bearer token.
    public init(
        baseURL: String, apiKey: String? = nil, limits: HTTPLimits = HTTPLimits(), connections: PartyConnections
    ) {
        api = PartyAPI(baseURL: baseURL, apiKey: apiKey, limits: limits, connections: connections)
    }

    public func authorize(_ amount: Money, method: String, reference: String) async throws(GatewayFault) -> String {
        let answer = try await api.post("/authorizations", reference: reference) { json in
            json.member("reference", reference)
            json.member("amount", amount)
            json.member("method", method)
        }
        return try operation(answer, reference)
    }

    public func capture(
        _ authorization: String, _ amount: Money, reference: String
    ) async throws(GatewayFault) -> String {
        try await follow(authorization, "captures", amount, reference)
    }

    public func void(_ authorization: String, reference: String) async throws(GatewayFault) {
        _ = try await follow(authorization, "void", nil, reference)
    }

    public func refund(
        _ authorization: String, _ amount: Money, reference: String
    ) async throws(GatewayFault) -> String {
        try await follow(authorization, "refunds", amount, reference)
    }

    public func lookUp(reference: String) async throws(GatewayFault) -> String? {
        guard let answer = try await api.get("/operations?reference=\(URLText.encode(reference))") else { return nil }
        return try operation(answer, reference)
    }

    private func follow(
        _ authorization: String, _ action: String, _ amount: Money?, _ reference: String
    ) async throws(GatewayFault) -> String {
        let path = "/authorizations/\(URLText.encode(authorization))/\(action)"
        let answer = try await api.post(path, reference: reference) { json in
            json.member("reference", reference)
            if let amount { json.member("amount", amount) }
        }
        return try operation(answer, reference)
    }

    private func operation(_ answer: JSONValue, _ reference: String) throws(GatewayFault) -> String {
        try AnswerReading.requireReference(answer, reference)
        return try AnswerReading.identifier("id", answer["id"])
    }
}
