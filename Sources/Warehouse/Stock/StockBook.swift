import Kernel

/// The stock that a batch works with, and the entries it makes.
public struct StockBook: Sendable {
    private struct Row {
        var stock: Stock
        /// As loaded; `nil` for a row that the batch opened.
        let before: Stock?
        var isChanged = false
    }

    private var rows: [Row] = []
    private var slots: [ProductID: [Int]] = [:]
    private var changed: [Int] = []
    private var newEntries: [LedgerEntry] = []

    public init() {}

    /// Adds a row as it is stored. Loading a row twice keeps the first.
    public mutating func load(_ stock: Stock) {
        guard slot(of: stock.key) == nil else { return }
        slots[stock.key.productID, default: []].append(rows.count)
        rows.append(Row(stock: stock, before: stock))
    }

    /// Where a product is stocked.
    func slots(of productID: ProductID) -> [Int] { slots[productID] ?? [] }

    /// - Complexity: O(warehouses of the product).
    func slot(of key: StockKey) -> Int? {
        slots[key.productID]?.first { rows[$0].stock.key.warehouseID == key.warehouseID }
    }

    subscript(_ slot: Int) -> Stock { rows[slot].stock }

    /// The stock of a product in a warehouse, all zero when there was none ever.
    public subscript(_ key: StockKey) -> Stock { slot(of: key).map { rows[$0].stock } ?? Stock(key: key) }

    /// All rows, in the order of their loading.
    public var all: [Stock] { rows.map(\.stock) }

    /// Makes an entry and changes the counts with it.
    /// - Returns: the entry's number.
    @discardableResult
    mutating func record(
        _ kind: LedgerKind, of counter: StockCounter = .onHand, _ key: StockKey, _ quantity: Int,
        for document: LedgerDocument, by actor: String?, reverses: Int? = nil, at now: Instant
    ) -> Int {
        let slot = slot(of: key) ?? open(key)
        rows[slot].stock.apply(kind, counter, quantity)
        if !rows[slot].isChanged {
            rows[slot].isChanged = true
            changed.append(slot)
        }
        let number = rows[slot].stock.entries
        newEntries.append(
            LedgerEntry(
                key: key, number: number, kind: kind, counter: counter, quantity: quantity, document: document,
                actor: actor, reverses: reverses, occurredAt: now))
        return number
    }

    private mutating func open(_ key: StockKey) -> Int {
        slots[key.productID, default: []].append(rows.count)
        rows.append(Row(stock: Stock(key: key), before: nil))
        return rows.count - 1
    }

    /// What the batch changed, in order of product and warehouse: the rows, those of which the level that others see
    /// differs, and the entries.
    mutating func takeChanges() -> (stock: [Stock], levels: [Stock], entries: [LedgerEntry]) {
        var stock: [Stock] = []
        var levels: [Stock] = []
        for slot in changed.sorted(by: { rows[$0].stock.key < rows[$1].stock.key }) {
            let row = rows[slot]
            stock.append(row.stock)
            if row.before?.onHand != row.stock.onHand || row.before?.available != row.stock.available {
                levels.append(row.stock)
            }
            rows[slot] = Row(stock: row.stock, before: row.stock)
        }
        let entries = newEntries
        changed = []
        newEntries = []
        return (stock, levels, entries)
    }
}
