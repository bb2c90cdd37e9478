import Contracts
import Kernel

/// Correct a count.
public struct AdjustStock: Sendable, Equatable {
    public enum Change: Sendable, Equatable {
        /// The count is `count`, provided that it was `expected`.
        case set(Int, expected: Int)
        /// The count differs by this many; the command's reference makes a repetition the same adjustment.
        case delta(Int)
    }

    public let productID: ProductID
    public let warehouseID: WarehouseID
    public let counter: StockCounter
    public let change: Change
    /// A count sheet, a damage report: used once per product and warehouse.
    public let reference: String
    public let actor: String?

    public init(
        productID: ProductID, warehouseID: WarehouseID, counter: StockCounter = .onHand, change: Change,
        reference: String, actor: String? = nil
    ) {
        self.productID = productID
        self.warehouseID = warehouseID
        self.counter = counter
        self.change = change
        self.reference = reference
        self.actor = actor
    }
}

extension WarehouseState {
    /// - Returns: the stock after it; unchanged for a repetition and for no difference.
    /// - Throws: `unknownWarehouse`, `unknownProduct`, `invalidQuantity` (out of range, or the count would be
    ///   negative), `stockChanged`, `referenceReused`, `insufficientStock` when less would be left than is promised.
    public mutating func adjust(_ command: AdjustStock, now: Instant) throws(WarehouseRejection) -> Stock {
        try checkSite(command.warehouseID)
        try checkProduct(command.productID)
        let key = StockKey(command.productID, command.warehouseID)
        let current = stock[key]
        let reference = StockReference(command.reference, .adjust, key)
        let delta: Int
        switch command.change {
        case .set(let count, let expected):
            guard (0...WarehousePolicy.quantityMax).contains(count) else { throw .invalidQuantity(count) }
            guard current[command.counter] == expected else {
                throw .stockChanged(expected: expected, current: current[command.counter])
            }
            delta = count - expected
        case .delta(let difference):
            guard abs(difference.clamped) <= WarehousePolicy.quantityMax else { throw .invalidQuantity(difference) }
            if try isRepetition(reference, difference) { return current }
            delta = difference
        }
        guard delta != 0 else { return current }
        try check(delta, of: command.counter, current)
        if case .delta = command.change { remember(reference, delta) }
        stock.record(
            .adjust, of: command.counter, key, delta, for: .reference(command.reference), by: command.actor, at: now)
        // The event speaks of the count; why stock is unavailable shows in the level alone.
        guard command.counter == .onHand else { return stock[key] }
        publish(
            .stockAdjusted(
                StockAdjusted(
                    productID: key.productID, warehouseID: key.warehouseID, delta: delta,
                    reference: command.reference)))
        return stock[key]
    }

    private func check(_ delta: Int, of counter: StockCounter, _ current: Stock) throws(WarehouseRejection) {
        guard current[counter] + delta >= 0 else { throw .invalidQuantity(delta) }
        let taken: Int =
            switch counter {
            case .onHand: -delta
            case .incoming: 0
            default: delta
            }
        guard taken <= current.available else {
            throw .insufficientStock([
                StockShortage(
                    productID: current.key.productID, warehouseID: current.key.warehouseID, requested: taken,
                    available: current.available)
            ])
        }
    }
}

extension Int {
    /// Itself, without the one value that has no opposite.
    fileprivate var clamped: Int { Swift.max(self, -Int.max) }
}
