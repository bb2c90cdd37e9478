import Kernel
import Ports

/// The payment provider's own books: each reference takes effect once.
struct PaymentBooks {
    struct Authorization {
        let order: OrderID
        var authorized: Int64
        var captured: Int64 = 0
        var refunded: Int64 = 0
        var voided: Int64 = 0
    }

    private(set) var authorizations: [String: Authorization] = [:]
    private var answers: [String: EffectOutcome] = [:]
    /// What we asked of the provider and should never have.
    private(set) var violations: [String] = []

    func lookUp(_ reference: String) -> EffectOutcome? { answers[reference] }

    mutating func perform(_ request: EffectRequest, reference: String) -> EffectOutcome {
        if let known = answers[reference] { return known }
        let answer = decide(request, reference)
        answers[reference] = answer
        return answer
    }

    private mutating func decide(_ request: EffectRequest, _ reference: String) -> EffectOutcome {
        switch request {
        case .authorizePayment(let order, let amount, let method):
            if method == "tok_declined" { return .refused(code: "card_declined", detail: "no") }
            if authorizations.values.contains(where: { $0.order == order && $0.voided < $0.authorized }) {
                violations.append("\(reference): a second open authorization of \(order)")
            }
            let id = "aut_\(reference)"
            authorizations[id] = Authorization(order: order, authorized: amount.amount)
            return .done(.payment(id: id))
        case .capturePayment(_, let id, let amount):
            return change(id, reference) { held in
                held.captured += amount.amount
                return held.captured + held.voided <= held.authorized
            }
        case .voidPayment(_, let id):
            return change(id, reference) { held in
                held.voided = held.authorized - held.captured
                return true
            }
        case .refundPayment(_, let id, let amount):
            return change(id, reference) { held in
                held.refunded += amount.amount
                return held.refunded <= held.captured
            }
        default: preconditionFailure("\(reference) is no payment")
        }
    }

    private mutating func change(
        _ id: String, _ reference: String, _ body: (inout Authorization) -> Bool
    ) -> EffectOutcome {
        guard var held = authorizations[id] else {
            violations.append("\(reference): unknown authorization \(id)")
            return .refused(code: "unknown_authorization", detail: id)
        }
        let isLegal = body(&held)
        guard isLegal else {
            violations.append("\(reference): too much of \(held)")
            return .refused(code: "amount_too_large", detail: "\(held)")
        }
        authorizations[id] = held
        return .done(.payment(id: reference))
    }
}
