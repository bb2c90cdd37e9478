import Contracts
import Kernel

/// Makes one call of an effect, or looks up what became of a former one. Never throws: every end is an outcome.
///
/// Implementations keep no state between calls that a crash could lose.
public protocol EffectGateway: Sendable {
    /// - Parameter effect: when ``Effect/isUncertain``, the reference is looked up first, and the call is made only if
    ///   the other party does not know it.
    /// - Parameter now: for `retryAt` and `lookUpAt`.
    func perform(_ effect: Effect, now: Instant) async -> EffectOutcome
}

/// A carrier: rates, books, voids and looks up by our reference.
///
/// Calls go over a network: each may fail, time out after having succeeded, or answer nonsense; what came of it is told
/// by ``GatewayFault``.
public protocol CarrierGateway: Sendable {
    /// The carrier's code, for example `swift`.
    var code: String { get }
    func rate(_ booking: ShipmentBooking) async throws(GatewayFault) -> Money
    func book(_ booking: ShipmentBooking, recipient: Recipient, reference: String) async throws(GatewayFault)
        -> (trackingNumber: String, price: Money)
    /// - Returns: `nil` when the carrier does not know the reference.
    func lookUp(reference: String) async throws(GatewayFault) -> (trackingNumber: String, price: Money)?
    /// Voids a label by the reference under which it was booked; one that is unknown or void already counts as done.
    func void(reference: String) async throws(GatewayFault)
}

/// A payment provider: authorizes, captures, voids, refunds and looks up by our reference.
public protocol PaymentGateway: Sendable {
    func authorize(_ amount: Money, method: String, reference: String) async throws(GatewayFault) -> String
    func capture(_ authorization: String, _ amount: Money, reference: String) async throws(GatewayFault) -> String
    func void(_ authorization: String, reference: String) async throws(GatewayFault)
    func refund(_ authorization: String, _ amount: Money, reference: String) async throws(GatewayFault) -> String
    /// The provider's id of whatever was done under our reference; `nil` when nothing was.
    func lookUp(reference: String) async throws(GatewayFault) -> String?
}

/// Why a call to the outside did not simply succeed.
public enum GatewayFault: Error, Sendable, Equatable {
    /// Understood and declined: final.
    case refused(code: String, detail: String)
    /// It certainly did not happen (no connection, an error before processing, 429, 503).
    case failed(reason: String, retryAfter: Duration?)
    /// It may have happened (time-out, connection lost after sending, an answer that is garbage).
    case unknown(reason: String)
}

/// Who gets the parcel and the mail. Lives in Orders' tables only and never in an event or a log.
public struct Recipient: Sendable, Equatable {
    public let name: String
    public let street: String
    public let city: String
    public let postalCode: String
    /// ISO 3166-1 alpha-2.
    public let country: String
    public let email: String?

    public init(name: String, street: String, city: String, postalCode: String, country: String, email: String?) {
        self.name = name
        self.street = street
        self.city = city
        self.postalCode = postalCode
        self.country = country
        self.email = email
    }
}

/// Looks up who an order goes to, at the moment a call to the outside needs it.
public protocol RecipientDirectory: Sendable {
    /// - Returns: `nil` when the person was erased.
    func recipient(of orderID: OrderID) async throws(Fault) -> Recipient?
}
