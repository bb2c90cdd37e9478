import Kernel

/// The payment provider's API. Every operation has a `reference` of the client's; the same again finds the first.
///
/// | request | answer |
/// |---|---|
/// | `POST /payments/authorizations` | 201 `id`, `reference`, `kind`, `amount`; 402 `card_declined`, `insufficient_funds` |
/// | `POST /payments/authorizations/{id}/captures` | 201; 409 `amount_exceeds_authorized`, `authorization_voided` |
/// | `POST /payments/authorizations/{id}/void` | 201; lets go of what is not captured |
/// | `POST /payments/authorizations/{id}/refunds` | 201; 409 `amount_exceeds_captured` |
/// | `GET /payments/operations?reference=` | 200, 404 `not_found` |
struct PaymentRoutes: Sendable {
    let world: SandboxWorld

    func answer(_ request: SandboxRequest) throws(SandboxRefusal) -> SandboxAnswer {
        let path = Array(request.path.dropFirst())
        switch (request.method, path.count, path[0]) {
        case ("POST", 1, "authorizations"):
            let method = try SandboxReading.string(request.body, "method")
            return try perform(.authorization, on: method, request.body)
        case ("POST", 3, "authorizations"):
            switch path[2] {
            case "captures": return try perform(.capture, on: path[1], request.body)
            case "void": return try perform(.void, on: path[1], request.body)
            case "refunds": return try perform(.refund, on: path[1], request.body)
            default: break
            }
        case ("GET", 1, "operations"):
            let reference = request.query["reference"] ?? ""
            guard let operation = world.operation(reference) else {
                throw SandboxRefusal(404, "not_found", "no operation has the reference '\(reference)'")
            }
            return Self.document(200, operation)
        default: break
        }
        throw SandboxRefusal(404, "no_such_path", request.path.joined(separator: "/"))
    }

    private func perform(
        _ kind: PaymentBooks.Kind, on: String, _ body: JSONValue
    ) throws(SandboxRefusal) -> SandboxAnswer {
        let operation = try world.pay(
            PaymentBooks.Request(
                kind: kind, reference: try SandboxReading.string(body, "reference"),
                amount: kind == .void ? nil : try SandboxReading.money(body, "amount"), on: on))
        return Self.document(201, operation)
    }

    private static func document(_ status: Int, _ operation: PaymentBooks.Operation) -> SandboxAnswer {
        SandboxAnswer(status) { json in
            json.member("id", operation.id)
            json.member("reference", operation.reference)
            json.member("kind", operation.kind.rawValue)
            json.member("amount", operation.amount)
        }
    }
}
