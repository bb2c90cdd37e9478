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
        var moving: Set<Int64> = []
        var placements: [PlaceOrder] = []
        for input in inputs {
            if let id = Self.orderID(of: input) {
                if seen.insert(id).inserted { named.append([.integer(id)]) }
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
        try loadOrders(named, moving)
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
        case .outcome(let effect, _):
            switch effect.key.kind {
            case .sendMail, .deliverWebhook: nil
            default: effect.entity
            }
        case .withdrawn: nil
        case .command(.cancelOrder(let command), _): command.orderID.rawValue
        case .command(.cancelUnits(let command), _): command.orderID.rawValue
        case .command(.resolveIncident(let command), _): command.orderID.rawValue
        case .command(.eraseRecipient(let id), _): id.rawValue
        case .command: nil
        }
    }

    /// Whether an input usually has something to say to the process; scans on the way have not.
    private static func movesProcess(_ input: Input<OrdersCommand>) -> Bool {
        guard case .event(let envelope) = input else { return true }
        switch envelope.event {
        case .warehouse(.fulfillmentPicked), .shipping(.shipmentAccepted), .shipping(.shipmentInTransit),
            .shipping(.shipmentOutForDelivery), .shipping(.shipmentReadyForPickup), .shipping(.shipmentOnHold),
            .shipping(.deliveryAttemptFailed), .shipping(.shipmentReturning):
            return false
        default: return true
        }
    }

    private func loadOrders(_ named: [[SQLValue]], _ moving: Set<Int64>) throws(Fault) {
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
        for order in orders { add(OrderSaga(order, self)) }
        var next = 0
        let moved = orders.filter { moving.contains($0.id.rawValue) }
        try database.queryEach(Self.instances, moved.map { [SQLValue.id($0.id)] }) { row throws(Fault) in
            let saga = try saga(row.integer(0))
            saga.take(try instance(of: saga.id, row))
            next += 1
        }
        guard next == moved.count else { throw Fault("process_missing", retryable: false, "\(moved.count - next)") }
    }

    private static let instances = "SELECT order_id, version, state FROM process_instances WHERE order_id = $1"

    private func instance(of id: OrderID, _ row: any SQLRow) throws(Fault) -> (ProcessEngine, ProcessInstance) {
        let engine = try logic.versions.engine(row.integer(1), database)
        let state = row.bytes(2)
        if let known = logic.decoded.find(state, of: id) { return (engine, known) }
        return (engine, try ProcessInstance(decoding: state, model: engine.model))
    }

    /// The process of an order whose inputs did not look as if they moved it.
    func instance(of id: OrderID) throws(Fault) -> (ProcessEngine, ProcessInstance) {
        let found = try database.first(Self.instances, [.id(id)]) { row throws(Fault) in try instance(of: id, row) }
        guard let found else { throw Fault("process_missing", retryable: false, id.text) }
        return found
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
