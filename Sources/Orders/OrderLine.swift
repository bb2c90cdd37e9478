import Contracts
import Kernel

/// One line of an order, as it was placed; it never changes.
public struct OrderLine: Sendable, Equatable {
    public enum Item: Sendable, Equatable {
        /// Something that is shipped.
        case goods(ProductID, SKU)
        /// Something that is only paid, for example postage.
        case charge(label: String)
    }

    /// From 1.
    public let number: Int
    public let item: Item
    public let quantity: Int
    /// Minor units of the order's currency.
    public let unitPrice: Int64
    /// What all units of the line are worth together, minor units: the price after its share of discounts and charges.
    public let allocated: Int64

    public init(number: Int, item: Item, quantity: Int, unitPrice: Int64, allocated: Int64) {
        self.number = number
        self.item = item
        self.quantity = quantity
        self.unitPrice = unitPrice
        self.allocated = allocated
    }

    public var isGoods: Bool {
        if case .goods = item { true } else { false }
    }

    /// Before discounts and charges.
    public var gross: Int64 { unitPrice * Int64(quantity) }

    /// What the shop called it.
    public var label: String {
        switch item {
        case .goods(_, let sku): sku.text
        case .charge(let label): label
        }
    }

    public func value(first: Int, count: Int) -> Int64 {
        MoneyAllocation.value(ofUnits: first, count: count, total: allocated, quantity: quantity)
    }
}

extension [OrderLine] {
    /// What units are worth: decided when the order was placed, never computed anew.
    ///
    /// - Throws: `unknown_units` for units that the order does not have.
    /// - Complexity: O(units).
    public func value(of units: [UnitRange]) throws(Fault) -> Int64 {
        var sum: Int64 = 0
        for range in units {
            guard range.line >= 1, range.line <= count, range.first >= 0, range.count > 0,
                range.first + range.count <= self[range.line - 1].quantity
            else {
                throw Fault(
                    "unknown_units", retryable: false, "\(range.line).\(range.first).\(range.count) of \(count)")
            }
            sum += self[range.line - 1].value(first: range.first, count: range.count)
        }
        return sum
    }

    /// The demand for units of goods.
    public func demands(for units: [UnitRange]) -> [LineDemand] {
        units.compactMap { range in
            guard range.line >= 1, range.line <= count, case .goods(let productID, _) = self[range.line - 1].item else {
                return nil
            }
            return LineDemand(line: range.line, productID: productID, first: range.first, quantity: range.count)
        }
    }
}
