import Kernel

/// An order's money at the provider, in minor units of the order's currency.
///
/// At all times `authorized ≥ captured + voided` and `captured ≥ refunded`.
public struct Payment: Sendable, Equatable {
    /// What the order costs.
    public let due: Int64
    public private(set) var authorized: Int64
    public private(set) var captured: Int64
    public private(set) var refunded: Int64
    public private(set) var voided: Int64
    /// The provider's id of the authorization.
    public private(set) var authorization: String?
    public private(set) var isDeclined: Bool

    public init(
        due: Int64, authorized: Int64 = 0, captured: Int64 = 0, refunded: Int64 = 0, voided: Int64 = 0,
        authorization: String? = nil, isDeclined: Bool = false
    ) {
        self.due = due
        self.authorized = authorized
        self.captured = captured
        self.refunded = refunded
        self.voided = voided
        self.authorization = authorization
        self.isDeclined = isDeclined
    }

    /// What is authorized and neither captured nor let go.
    public var open: Int64 { authorized - captured - voided }

    public var status: PaymentStatus {
        if due == 0 { return .none }
        if captured > 0 {
            if refunded == captured { return .refunded }
            if refunded > 0 { return .partiallyRefunded }
            return open > 0 ? .partiallyCaptured : .captured
        }
        if authorized > 0 { return voided == authorized ? .voided : .authorized }
        return isDeclined ? .declined : .pending
    }

    /// The provider holds the money.
    /// - Throws: `already_authorized`.
    public mutating func authorize(_ amount: Int64, id: String) throws(PaymentRejection) {
        guard authorized == 0 else { throw .alreadyAuthorized }
        authorized = amount
        authorization = id
    }

    /// The provider refused.
    public mutating func decline() { isDeclined = true }

    /// - Throws: `capture_exceeds_authorization`.
    public mutating func capture(_ amount: Int64) throws(PaymentRejection) {
        guard amount <= open else { throw .captureExceedsAuthorization(amount: amount, open: open) }
        captured += amount
    }

    /// Lets go of what is open.
    /// - Returns: how much that was.
    public mutating func void() -> Int64 {
        let amount = open
        voided += amount
        return amount
    }

    /// - Throws: `refund_exceeds_capture`.
    public mutating func refund(_ amount: Int64) throws(PaymentRejection) {
        guard amount <= captured - refunded else {
            throw .refundExceedsCapture(amount: amount, captured: captured - refunded)
        }
        refunded += amount
    }
}

/// Why money does not move.
public enum PaymentRejection: Rejection {
    case alreadyAuthorized
    case captureExceedsAuthorization(amount: Int64, open: Int64)
    case refundExceedsCapture(amount: Int64, captured: Int64)

    public var code: String {
        switch self {
        case .alreadyAuthorized: "already_authorized"
        case .captureExceedsAuthorization: "capture_exceeds_authorization"
        case .refundExceedsCapture: "refund_exceeds_capture"
        }
    }

    public var detail: String {
        switch self {
        case .alreadyAuthorized: "The payment is authorized already."
        case .captureExceedsAuthorization(let amount, let open):
            "\(amount) cannot be captured: \(open) of the authorization is open."
        case .refundExceedsCapture(let amount, let captured):
            "\(amount) cannot be refunded: \(captured) of what was captured is left."
        }
    }
}
