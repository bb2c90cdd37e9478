import BPMN
import Contracts
import Kernel
import Orders
import Ports
import Runtime

/// Everything that a batch names, with one query per table.
extension OrdersBatch {
    func load(_ inputs: [Input<OrdersCommand>]) throws(Fault) {
        var named: [Int64] = []
        var seen: Set<Int64> = []
        var moving: Set<Int64> = []
        var placements: [PlaceOrder] = []
        try loadOrdersOfReturns(inputs)
        for input in inputs {
            if let id = orderID(of: input) {
                if seen.insert(id).inserted { named.append(id) }
                if Self.movesProcess(input) { moving.insert(id) }
            }
            switch input {
            case .command(.placeOrder(let command), _): placements.append(command)
            case .command(.createProduct(let command), _): products.name(sku: command.sku)
            case .command(.createProducts(let commands), _): for command in commands { products.name(sku: command.sku) }
            case .command(.updateProduct(let command), _): products.name(id: command.productID)
            default: break
            }
        }
        if !named.isEmpty { try loadOrders(named, moving) }
        if products.isNamed { try loadProducts() }
        if !placements.isEmpty { try load(placements) }
    }

    private func loadOrdersOfReturns(_ inputs: [Input<OrdersCommand>]) throws(Fault) {
        let ids = inputs.compactMap { input -> ReturnID? in
            switch input {
            case .command(.decideReturn(let command), _): command.returnID
            case .command(.retryReturnRefund(let id), _): id
            default: nil
            }
        }
        try database.queryEach("SELECT id, order_id FROM returns WHERE id = $1", ids.map { [.id($0)] }) { row in
            orderOfReturn[row.id(0)] = row.integer(1)
        }
    }

    /// The order that an input is about, if it is about one that exists.
    private func orderID(of input: Input<OrdersCommand>) -> Int64? {
        switch input {
        case .event(let envelope):
            switch envelope.event {
            case .warehouse(.stockReceived), .warehouse(.stockAdjusted), .warehouse(.stockLevelChanged): nil
            default: envelope.key
            }
        case .timer(let key): key.subject
        case .outcome(let effect, _):
            switch effect.key.kind {
            case .sendMail, .deliverWebhook: nil
            default: effect.entity
            }
        case .withdrawn: nil
        case .command(.cancelOrder(let command), _): command.orderID.rawValue
        case .command(.cancelUnits(let command), _): command.orderID.rawValue
        case .command(.requestReturn(let command), _): command.orderID.rawValue
        case .command(.decideReturn(let command), _): orderOfReturn[command.returnID]
        case .command(.retryReturnRefund(let id), _): orderOfReturn[id]
        case .command(.resolveIncident(let command), _): command.orderID.rawValue
        case .command(.eraseRecipient(let id), _): id.rawValue
        case .command: nil
        }
    }

    /// Whether an input usually has something to say to the process; scans on the way and returns have not.
    private static func movesProcess(_ input: Input<OrdersCommand>) -> Bool {
        switch input {
        case .command(.requestReturn, _), .command(.decideReturn, _), .command(.retryReturnRefund, _): return false
        default: break
        }
        guard case .event(let envelope) = input else { return true }
        switch envelope.event {
        case .warehouse(.fulfillmentPicked), .warehouse(.returnReceived), .shipping(.shipmentAccepted),
            .shipping(.shipmentInTransit),
            .shipping(.shipmentOutForDelivery), .shipping(.shipmentReadyForPickup), .shipping(.shipmentOnHold),
            .shipping(.deliveryAttemptFailed), .shipping(.shipmentReturning):
            return false
        default: return true
        }
    }

    private func loadOrders(_ named: [Int64], _ moving: Set<Int64>) throws(Fault) {
        let known = named.map { ($0, logic.running.find($0)) }
        var stored = try storedOrders(known.compactMap { $0.1 == nil ? $0.0 : nil })
        for (id, entry) in known {
            if let entry {
                add(OrderSaga(entry, self))
            } else if let order = stored.removeValue(forKey: id) {
                add(OrderSaga(order, self))
            }
        }
        let moved = sequence.filter { !$0.hasProcess && moving.contains($0.id.rawValue) }
        try database.queryEach(Self.instances, moved.map { [SQLValue.id($0.id)] }) { row throws(Fault) in
            let saga = try saga(row.integer(0))
            saga.take(try instance(row))
        }
    }

    /// Those that exist, with their fulfillments and returns.
    private func storedOrders(_ ids: [Int64]) throws(Fault) -> [Int64: Order] {
        var orders: [Int64: Order] = [:]
        let keys = ids.map { [SQLValue.integer($0)] }
        try database.queryEach("SELECT \(OrderRow.columns) FROM orders WHERE id = $1", keys) { row throws(Fault) in
            orders[row.integer(0)] = try OrderRow.read(row)
        }
        try database.queryEach(FulfillmentRow.ofOrder, keys) { row throws(Fault) in
            orders[row.integer(0)]?.fulfillments.append(try FulfillmentRow.read(row))
        }
        let delivered = ids.filter { orders[$0]?.mayHaveReturns == true }
        try database.queryEach(ReturnRow.ofOrder, delivered.map { [.integer($0)] }) { row throws(Fault) in
            orders[row.integer(0)]?.returns.append(try ReturnRow.read(row))
        }
        return orders
    }

    private static let instances = "SELECT order_id, version, state FROM process_instances WHERE order_id = $1"

    private func instance(_ row: any SQLRow) throws(Fault) -> (ProcessEngine, ProcessInstance) {
        let engine = try logic.versions.engine(row.integer(1), database)
        return (engine, try ProcessInstance(decoding: row.bytes(2), model: engine.model))
    }

    /// The process of an order whose inputs did not look as if they moved it, or of which nothing is stored.
    ///
    /// The process of an order that ended long ago has been removed: whatever still comes finds it ended.
    func instance(of order: Order) throws(Fault) -> (ProcessEngine, ProcessInstance) {
        let found = try database.first(Self.instances, [.id(order.id)]) { row throws(Fault) in try instance(row) }
        if let found { return found }
        guard order.state.isTerminal else { throw Fault("process_missing", retryable: false, order.id.text) }
        return (logic.versions.current, logic.versions.current.ended(processID: ProcessVersions.orderProcess))
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
