import Kernel
import Ports
import Warehouse

/// Reads what a batch names: one question per table.
extension WarehouseState {
    mutating func load(
        _ named: NamedEntities, now: Instant, from database: any DatabaseConnection
    ) throws(Fault) {
        var named = named
        for site in try WarehouseRows.sites(database) { load(site) }
        try loadReturns(&named, database)
        try loadFulfillments(&named, database)
        try loadOrders(named, database)
        try loadAllocations(&named, database)
        try loadHolds(&named, now: now, database)
        try loadStock(named, database)
        try loadFacts(named, database)
        try loadReferences(named, database)
    }

    /// The returns that are named, and all others of their orders, and of orders with a parcel to receive: a unit comes
    /// back once.
    private mutating func loadReturns(
        _ named: inout NamedEntities, _ database: any DatabaseConnection
    ) throws(Fault) {
        guard !named.returns.isEmpty || !named.receiving.isEmpty else { return }
        for customerReturn in try WarehouseRows.returns("id = $1", named.returns.sorted().map { .id($0) }, database) {
            named.returnsOfOrders.insert(customerReturn.orderID)
            named.wholeOrders.insert(customerReturn.orderID)
        }
        try database.queryEach(
            "SELECT order_id FROM fulfillments WHERE id = $1", named.receiving.sorted().map { [.id($0)] }
        ) { row in named.returnsOfOrders.insert(row.id(0)) }
        let orders = named.returnsOfOrders.sorted().map { SQLValue.id($0) }
        for customerReturn in try WarehouseRows.returns("order_id = $1", orders, database) {
            load(customerReturn)
            for line in customerReturn.lines { named.products.insert(line.productID) }
        }
    }

    private mutating func loadFulfillments(
        _ named: inout NamedEntities, _ database: any DatabaseConnection
    ) throws(Fault) {
        var loaded: [Fulfillment] = []
        try database.queryEach(
            "SELECT \(WarehouseRows.fulfillmentColumns) FROM fulfillments WHERE id = $1",
            named.fulfillments.sorted().map { [.id($0)] }
        ) { row throws(Fault) in loaded.append(try WarehouseRows.fulfillment(row)) }
        for fulfillment in loaded {
            load(fulfillment, isOfOrder: false)
            if named.puttingBack.contains(fulfillment.id) { named.wholeOrders.insert(fulfillment.orderID) }
        }
        var ofOrders: [Fulfillment] = []
        try database.queryEach(
            "SELECT \(WarehouseRows.fulfillmentColumns) FROM fulfillments WHERE order_id = $1 ORDER BY id",
            named.wholeOrders.sorted().map { [.id($0)] }
        ) { row throws(Fault) in ofOrders.append(try WarehouseRows.fulfillment(row)) }
        for fulfillment in ofOrders {
            load(fulfillment, isOfOrder: true)
            named.withLines.insert(fulfillment.id)
        }
        for id in named.wholeOrders { loadedFulfillments(of: id) }
    }

    private mutating func loadOrders(_ named: NamedEntities, _ database: any DatabaseConnection) throws(Fault) {
        var loaded: [(OrderID, OrderStanding)] = []
        try database.queryEach(
            "SELECT id, requests, is_stopped, is_release_asked FROM orders WHERE id = $1",
            named.orders.union(named.wholeOrders).sorted().map { [.id($0)] }
        ) { row in
            loaded.append(
                (row.id(0), OrderStanding(requests: row.int(1), isStopped: row.bool(2), isReleaseAsked: row.bool(3))))
        }
        for (id, standing) in loaded { load(standing, of: id) }
    }

    private mutating func loadAllocations(
        _ named: inout NamedEntities, _ database: any DatabaseConnection
    ) throws(Fault) {
        var loaded: [(FulfillmentID, Allocation)] = []
        try database.queryEach(
            """
            SELECT fulfillment, line, first, product, quantity, entry, pick_entry FROM allocations
            WHERE fulfillment = $1 ORDER BY line, first
            """, named.withLines.sorted().map { [.id($0)] }
        ) { row in loaded.append((row.id(0), WarehouseRows.allocation(row))) }
        for (id, allocation) in loaded {
            load(allocation, of: id)
            named.products.insert(allocation.productID)
            if named.toPack.contains(id) { named.facts.insert(allocation.productID) }
        }
    }

    /// The holds that are named, and those whose time ran out: they stand in nobody's way any more. Locked, where
    /// several partitions share them, so that each ends once.
    private mutating func loadHolds(
        _ named: inout NamedEntities, now: Instant, _ database: any DatabaseConnection
    ) throws(Fault) {
        let due: [HoldID] = try database.rows(
            "SELECT id FROM holds WHERE status = 1 AND expires_at <= $1 ORDER BY id /*postgres: FOR UPDATE */",
            [.instant(now)]
        ) { $0.id(0) }
        let ids = named.holds.union(due)
        guard !ids.isEmpty else { return }
        for hold in try WarehouseRows.lockedHolds(ids.sorted(), database) {
            load(hold)
            for line in hold.lines { named.products.insert(line.key.productID) }
        }
    }

    /// Where several partitions share stock, its rows are locked until the commit, everywhere in the same order.
    private mutating func loadStock(_ named: NamedEntities, _ database: any DatabaseConnection) throws(Fault) {
        var loaded: [Stock] = []
        try database.queryEach(
            "SELECT \(WarehouseRows.stockColumns) FROM stock WHERE product = $1 ORDER BY warehouse "
                + "/*postgres: FOR UPDATE */",
            named.products.sorted().map { [.id($0)] }
        ) { row in loaded.append(WarehouseRows.stock(row)) }
        for stock in loaded { load(stock) }
    }

    private mutating func loadFacts(_ named: NamedEntities, _ database: any DatabaseConnection) throws(Fault) {
        var loaded: [ProductFacts] = []
        try database.queryEach(
            "SELECT id, sku, name, weight_grams FROM products WHERE id = $1", named.facts.sorted().map { [.id($0)] }
        ) { row in
            loaded.append(ProductFacts(id: row.id(0), sku: row.text(1), name: row.text(2), weightGrams: row.int(3)))
        }
        for facts in loaded { load(facts) }
    }

    private mutating func loadReferences(_ named: NamedEntities, _ database: any DatabaseConnection) throws(Fault) {
        for reference in named.references {
            let quantity = try database.first(
                """
                SELECT quantity FROM stock_references
                WHERE reference = $1 AND kind = $2 AND product = $3 AND warehouse = $4
                """,
                [
                    .text(reference.text), .integer(reference.kind.rawValue), .id(reference.key.productID),
                    .id(reference.key.warehouseID),
                ]
            ) { $0.int(0) }
            if let quantity { load(reference, quantity: quantity) }
        }
    }
}
