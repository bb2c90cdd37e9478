import Contracts
import Kernel

/// Take in a delivery.
public struct ReceiveStock: Sendable, Equatable {
    public let warehouseID: WarehouseID
    public let lines: [PlaceHold.Line]
    /// The delivery note: a line of it counts once.
    public let reference: String
    public let actor: String?

    public init(warehouseID: WarehouseID, lines: [PlaceHold.Line], reference: String, actor: String? = nil) {
        self.warehouseID = warehouseID
        self.lines = lines
        self.reference = reference
        self.actor = actor
    }
}

extension WarehouseState {
    /// Adds to what is on hand; what was announced as incoming goes down by as much. Lines of one product are one line.
    ///
    /// - Returns: the stock of each product after it, also for lines that were received before.
    /// - Throws: `unknownWarehouse`, `invalidQuantity`, `unknownProduct`, `referenceReused`.
    public mutating func receive(_ command: ReceiveStock, now: Instant) throws(WarehouseRejection) -> [Stock] {
        try checkSite(command.warehouseID)
        var lines: [(key: StockKey, quantity: Int)] = []
        for line in command.lines {
            try checkQuantity(line.quantity)
            try checkProduct(line.productID)
            let key = StockKey(line.productID, command.warehouseID)
            if let index = lines.firstIndex(where: { $0.key == key }) {
                lines[index].quantity += line.quantity
            } else {
                lines.append((key, line.quantity))
            }
        }
        var new: [(key: StockKey, quantity: Int)] = []
        for line in lines
        where try !isRepetition(StockReference(command.reference, .receive, line.key), line.quantity) {
            new.append(line)
        }
        for line in new { receive(line.key, line.quantity, command, now: now) }
        return lines.map { stock[$0.key] }
    }

    private mutating func receive(_ key: StockKey, _ quantity: Int, _ command: ReceiveStock, now: Instant) {
        let document = LedgerDocument.reference(command.reference)
        let announced = min(stock[key].incoming, quantity)
        if announced > 0 {
            stock.record(.adjust, of: .incoming, key, -announced, for: document, by: command.actor, at: now)
        }
        stock.record(.receive, key, quantity, for: document, by: command.actor, at: now)
        remember(StockReference(command.reference, .receive, key), quantity)
        publish(
            .stockReceived(
                StockReceived(
                    productID: key.productID, warehouseID: key.warehouseID, quantity: quantity,
                    reference: command.reference)))
    }
}
