import Kernel

/// What the payment provider has in its books.
struct PaymentBooks: Sendable {
    enum Kind: String, Sendable, CaseIterable {
        case authorization, capture, void, refund
    }

    struct Operation: Sendable {
        let id: String
        let kind: Kind
        let reference: String
        let amount: Money
        /// The authorization's place in ``authorizations``.
        let authorization: Int
        var requests = 1
    }

    struct Authorization: Sendable {
        let id: String
        let amount: Money
        var captured: Int64 = 0
        var refunded: Int64 = 0
        var isVoided = false
    }

    /// What is asked for.
    struct Request: Sendable {
        let kind: Kind
        let reference: String
        /// `nil` for a void.
        let amount: Money?
        /// A method's token for an authorization, an authorization's id otherwise.
        let on: String
    }

    let seed: UInt64
    private(set) var authorizations: [Authorization] = []
    private(set) var operations: [Operation] = []
    private var byReference: [String: Int] = [:]
    private var byID: [String: Int] = [:]

    init(seed: UInt64) { self.seed = seed }

    func operation(_ reference: String) -> Operation? { byReference[reference].map { operations[$0] } }

    /// Does what is asked, once per reference: a repetition finds what the first one did.
    mutating func perform(
        _ request: Request, forgetful: Bool
    ) throws(SandboxRefusal) -> (operation: Operation, isNew: Bool) {
        if let former = byReference[request.reference], !forgetful {
            operations[former].requests += 1
            guard isSame(operations[former], request) else {
                throw SandboxRefusal(422, "reference_reused", "\(request.reference) is another operation's")
            }
            return (operations[former], false)
        }
        let repetition = byReference[request.reference] == nil ? "" : "#\(operations.count)"
        let id = StableHash.text(StableHash.of("payment/\(request.reference)\(repetition)", seed: seed)).lowercased()
        switch request.kind {
        case .authorization: try authorize(request, id: "auth_\(id)")
        case .capture: try capture(request, id: "cap_\(id)")
        case .void: try void(request, id: "void_\(id)")
        case .refund: try refund(request, id: "ref_\(id)")
        }
        return (operations[operations.count - 1], true)
    }

    private func isSame(_ operation: Operation, _ request: Request) -> Bool {
        guard operation.kind == request.kind else { return false }
        if let amount = request.amount, amount != operation.amount { return false }
        return request.kind == .authorization || authorizations[operation.authorization].id == request.on
    }

    private mutating func authorize(_ request: Request, id: String) throws(SandboxRefusal) {
        let amount = try positive(request.amount)
        if request.on.hasPrefix("tok_insufficient") {
            throw SandboxRefusal(402, "insufficient_funds", "the method has not enough for \(amount)")
        }
        if request.on.hasPrefix("tok_declined") {
            throw SandboxRefusal(402, "card_declined", "the issuer declined")
        }
        guard request.on.hasPrefix("tok_ok") else {
            throw SandboxRefusal(422, "method_unknown", "tokens begin with tok_ok, tok_declined, tok_insufficient")
        }
        authorizations.append(Authorization(id: id, amount: amount))
        byID[id] = authorizations.count - 1
        record(request, id: id, amount, authorizations.count - 1)
    }

    private mutating func capture(_ request: Request, id: String) throws(SandboxRefusal) {
        let (index, amount) = (try authorization(request), try positive(request.amount))
        let held = authorizations[index]
        guard !held.isVoided else { throw SandboxRefusal(409, "authorization_voided", held.id) }
        try requireCurrency(amount, held)
        guard amount.amount <= held.amount.amount - held.captured else {
            throw SandboxRefusal(
                409, "amount_exceeds_authorized", "\(amount) of \(held.amount), \(held.captured) captured")
        }
        authorizations[index].captured += amount.amount
        record(request, id: id, amount, index)
    }

    /// Lets go of what is not captured.
    private mutating func void(_ request: Request, id: String) throws(SandboxRefusal) {
        let index = try authorization(request)
        let held = authorizations[index]
        let rest = held.isVoided ? 0 : held.amount.amount - held.captured
        authorizations[index].isVoided = true
        record(request, id: id, Money(rest, held.amount.currency), index)
    }

    private mutating func refund(_ request: Request, id: String) throws(SandboxRefusal) {
        let (index, amount) = (try authorization(request), try positive(request.amount))
        let held = authorizations[index]
        try requireCurrency(amount, held)
        guard amount.amount <= held.captured - held.refunded else {
            throw SandboxRefusal(
                409, "amount_exceeds_captured", "\(amount) of \(held.captured), \(held.refunded) refunded")
        }
        authorizations[index].refunded += amount.amount
        record(request, id: id, amount, index)
    }

    private mutating func record(_ request: Request, id: String, _ amount: Money, _ authorization: Int) {
        operations.append(
            Operation(
                id: id, kind: request.kind, reference: request.reference, amount: amount,
                authorization: authorization))
        byReference[request.reference] = operations.count - 1
    }

    private func authorization(_ request: Request) throws(SandboxRefusal) -> Int {
        guard let index = byID[request.on] else {
            throw SandboxRefusal(404, "authorization_unknown", request.on)
        }
        return index
    }

    private func positive(_ amount: Money?) throws(SandboxRefusal) -> Money {
        guard let amount, amount.amount > 0 else {
            throw SandboxRefusal(422, "amount_invalid", "an amount above 0 is required")
        }
        return amount
    }

    private func requireCurrency(_ amount: Money, _ held: Authorization) throws(SandboxRefusal) {
        guard amount.currency == held.amount.currency else {
            throw SandboxRefusal(422, "currency_mismatch", "\(held.id) is in \(held.amount.currency)")
        }
    }
}
