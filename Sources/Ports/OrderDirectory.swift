import Contracts
import Kernel

/// Looks up what events do not say of orders: personal data and everything else that only its owner keeps.
public protocol OrderDirectory: Sendable {
    /// - Parameter orders: 1–1,000.
    /// - Returns: by order; one that is not known is missing.
    func facts(of orders: [OrderID]) async throws(Fault) -> [OrderID: OrderFacts]
}

/// Looks up how people call warehouses.
public protocol WarehouseDirectory: Sendable {
    /// - Returns: every warehouse's code.
    func codes() async throws(Fault) -> [WarehouseID: String]
}

/// What only Orders knows of an order.
public struct OrderFacts: Sendable, Equatable {
    /// What was ordered.
    public struct Line: Sendable, Equatable {
        /// `nil` for a charge.
        public let sku: String?
        /// The product's name today, or the charge's label.
        public let name: String
        public let quantity: Int

        public init(sku: String?, name: String, quantity: Int) {
            self.sku = sku
            self.name = name
            self.quantity = quantity
        }
    }

    /// The shop's own number.
    public let number: String?
    public let customer: String
    public let total: Money
    public let lines: [Line]
    /// Who the parcel goes to; `nil` when the person was erased.
    public let name: String?
    public let city: String?

    public init(number: String?, customer: String, total: Money, lines: [Line], name: String?, city: String?) {
        self.number = number
        self.customer = customer
        self.total = total
        self.lines = lines
        self.name = name
        self.city = city
    }
}
