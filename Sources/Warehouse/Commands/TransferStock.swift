import Kernel

/// Move stock from one warehouse to another.
public struct TransferStock: Sendable, Equatable {
    public let productID: ProductID
    public let from: WarehouseID
    public let to: WarehouseID
    public let quantity: Int
    /// The transfer order, used once per product and source.
    public let reference: String
    public let actor: String?

    public init(
        productID: ProductID, from: WarehouseID, to: WarehouseID, quantity: Int, reference: String,
        actor: String? = nil
    ) {
        self.productID = productID
        self.from = from
        self.to = to
        self.quantity = quantity
        self.reference = reference
        self.actor = actor
    }
}

extension WarehouseState {
    /// - Returns: both stocks after it, source first; unchanged for a repetition.
    /// - Throws: `sameWarehouse`, `unknownWarehouse`, `unknownProduct`, `invalidQuantity`, `referenceReused`,
    ///   `insufficientStock`.
    public mutating func transfer(_ command: TransferStock, now: Instant) throws(WarehouseRejection) -> [Stock] {
        guard command.from != command.to else { throw .sameWarehouse }
        try checkSite(command.from)
        try checkSite(command.to)
        try checkProduct(command.productID)
        try checkQuantity(command.quantity)
        let source = StockKey(command.productID, command.from)
        let target = StockKey(command.productID, command.to)
        let reference = StockReference(command.reference, .transferOut, source)
        if try isRepetition(reference, command.quantity) { return [stock[source], stock[target]] }
        let available = stock[source].available
        guard command.quantity <= available else {
            throw .insufficientStock([
                StockShortage(
                    productID: command.productID, warehouseID: command.from, requested: command.quantity,
                    available: available)
            ])
        }
        remember(reference, command.quantity)
        let document = LedgerDocument.reference(command.reference)
        stock.record(.transferOut, source, command.quantity, for: document, by: command.actor, at: now)
        stock.record(.transferIn, target, command.quantity, for: document, by: command.actor, at: now)
        return [stock[source], stock[target]]
    }
}
