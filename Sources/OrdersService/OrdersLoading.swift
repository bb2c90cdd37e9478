import BPMN
import Contracts
import Kernel
import Orders
import Ports
import Runtime

/// Everything that a batch names, with one query per table.
extension OrdersBatch {
    func load(_ inputs: [Input<OrdersCommand>]) throws(Fault) {
        var named: [[SQLValue]] = []
        var seen: Set<Int64> = []
        var placements: [PlaceOrder] = []
        for input in inputs {
            if let id = Self.orderID(of: input), seen.insert(id).inserted { named.append([.integer(id)]) }
            switch input {
            case .command(.placeOrder(let command), _): placements.append(command)
            case .command(.createProduct(let command), _): products.name(sku: command.sku)
            case .command(.createProducts(let commands), _): for command in commands { products.name(sku: command.sku) }
            case .command(.updateProduct(let command), _): products.name(id: command.productID)
            default: break
            }
        }
        try loadOrders(named)
        if products.isNamed { try loadProducts() }
        if !placements.isEmpty { try load(placements) }
    }

    /// The order that an input is about, if it is about one that exists.
    private static func orderID(of input: Input<OrdersCommand>) -> Int64? {
        switch input {
        case .event(let envelope):
            switch envelope.event {
            case .warehouse(.stockReceived), .warehouse(.stockAdjusted), .warehouse(.stockLevelChanged): nil
            default: envelope.key
            }
        case .timer(let key): key.subject
        case .outcome(let effect, _): effect.entity
        case .withdrawn: nil
        case .command(.cancelOrder(let command), _): command.orderID.rawValue
        case .command(.cancelUnits(let command), _): command.orderID.rawValue
        case .command(.resolveIncident(let command), _): command.orderID.rawValue
        case .command(.eraseRecipient(let id), _): id.rawValue
        case .command: nil
        }
    }

    private func loadOrders(_ named: [[SQLValue]]) throws(Fault) {
        guard !named.isEmpty else { return }
        var orders: [Order] = []
        orders.reserveCapacity(named.count)
        try database.queryEach("SELECT \(OrderRow.columns) FROM orders WHERE id = $1", named) { row throws(Fault) in
            orders.append(try OrderRow.read(row))
        }
        let found = orders.map { [SQLValue.id($0.id)] }
        // Rows arrive in the order of the orders: one walk puts each to its own.
        var place = 0
        try database.queryEach(FulfillmentRow.ofOrder, found) { row throws(Fault) in
            while orders[place].id.rawValue != row.integer(0) { place += 1 }
            orders[place].fulfillments.append(try FulfillmentRow.read(row))
        }
        var next = 0
        try database.queryEach(
            "SELECT order_id, version, state FROM process_instances WHERE order_id = $1", found
        ) { row throws(Fault) in
            guard orders[next].id.rawValue == row.integer(0) else {
                throw Fault("process_missing", retryable: false, orders[next].id.text)
            }
            let engine = try logic.versions.engine(row.integer(1), database)
            let instance = try ProcessInstance(decoding: row.bytes(2), model: engine.model)
            add(OrderSaga(orders[next], instance, engine, self))
            next += 1
        }
        guard next == orders.count else { throw Fault("process_missing", retryable: false, orders[next].id.text) }
    }

    private func load(_ placements: [PlaceOrder]) throws(Fault) {
        var unknown: [[SQLValue]] = []
        var asked: Set<String> = []
        var numbers: [[SQLValue]] = []
        for placement in placements {
            for line in placement.lines {
                guard case .goods(let sku) = line.item, logic.products[sku] == nil, asked.insert(sku).inserted else {
                    continue
                }
                unknown.append([.text(sku)])
            }
            if let number = placement.number { numbers.append([.integer(placement.client), .text(number)]) }
        }
        try database.queryEach("SELECT id, sku FROM products WHERE sku = $1", unknown) { row in
            if let sku = SKU(row.text(1)) { logic.know(KnownProduct(id: row.id(0), sku: sku)) }
        }
        try database.queryEach("SELECT client, number FROM orders WHERE client = $1 AND number = $2", numbers) { row in
            takenNumbers.insert(ClientNumber(client: row.integer(0), number: row.text(1)))
        }
    }

    /// The lines of one order: asked for by few inputs of its life.
    func lines(of id: OrderID) throws(Fault) -> [OrderLine] {
        try database.rows(LineRow.ofOrder, [.id(id)]) { row throws(Fault) in try LineRow.read(row) }
    }
}

extension OrdersLogic {
    private static let knownProductsMax = 200_000

    func know(_ product: KnownProduct) {
        if products.count >= Self.knownProductsMax { products.removeAll() }
        products[product.sku.text] = product
    }
}
