import Contracts
import Kernel
import Runtime
import Warehouse

/// What a batch of inputs names, so that each table is asked once.
struct NamedEntities {
    var orders: Set<OrderID> = []
    /// Orders of which all fulfillment orders are needed.
    var wholeOrders: Set<OrderID> = []
    var fulfillments: Set<FulfillmentID> = []
    /// Those of which the units are needed.
    var withLines: Set<FulfillmentID> = []
    /// Those of which, while they are on their way back to the shelf, the whole order is needed.
    var puttingBack: Set<FulfillmentID> = []
    /// Those that are received, of which the order's returns are needed.
    var receiving: Set<FulfillmentID> = []
    var returns: Set<ReturnID> = []
    /// Orders of which all returns are needed.
    var returnsOfOrders: Set<OrderID> = []
    var holds: Set<HoldID> = []
    /// Whose stock is needed.
    var products: Set<ProductID> = []
    /// Whose facts are needed.
    var facts: Set<ProductID> = []
    /// Whose products' weights are needed.
    var toPack: Set<FulfillmentID> = []
    var references: Set<StockReference> = []

    init(_ inputs: [Input<WarehouseCommand>]) {
        for input in inputs {
            switch input {
            case .event(let envelope):
                switch envelope.event {
                case .orders(let event): name(event)
                case .shipping(let event): name(event)
                case .warehouse: break
                }
            case .command(let command, _): name(command)
            case .timer, .outcome, .withdrawn: break
            }
        }
    }

    private mutating func name(_ event: OrdersEvent) {
        switch event {
        case .orderCreated(let event):
            orders.insert(event.orderID)
            for line in event.lines { products.insert(line.productID) }
            if let hold = event.holdID { holds.insert(hold) }
        case .stockReservationRequested(let event):
            orders.insert(event.orderID)
            for line in event.lines { products.insert(line.productID) }
        case .orderCancellationRequested(let event): wholeOrders.insert(event.orderID)
        case .stockReleaseRequested(let event): wholeOrders.insert(event.orderID)
        case .returnApproved(let event):
            // It may be received in the same batch.
            returns.insert(event.returnID)
            returnsOfOrders.insert(event.orderID)
            wholeOrders.insert(event.orderID)
            for line in event.lines { products.insert(line.productID) }
        case .fulfillmentRequested(let event): fulfillments.insert(event.fulfillmentID)
        case .fulfillmentCancellationRequested(let event):
            fulfillments.insert(event.fulfillmentID)
            withLines.insert(event.fulfillmentID)
        default: break
        }
    }

    private mutating func name(_ event: ShippingEvent) {
        switch event {
        case .shipmentBooked(let event): fulfillments.insert(event.fulfillmentID)
        case .shipmentCancelled(let event): fulfillments.insert(event.fulfillmentID)
        case .shipmentReturned(let event): fulfillments.insert(event.fulfillmentID)
        default: break
        }
    }

    private mutating func name(_ command: WarehouseCommand) {
        switch command {
        case .registerWarehouse: break
        case .receiveStock(let command):
            for line in command.lines {
                products.insert(line.productID)
                facts.insert(line.productID)
                references.insert(
                    StockReference(command.reference, .receive, StockKey(line.productID, command.warehouseID)))
            }
        case .adjustStock(let command):
            products.insert(command.productID)
            facts.insert(command.productID)
            references.insert(
                StockReference(command.reference, .adjust, StockKey(command.productID, command.warehouseID)))
        case .transferStock(let command):
            products.insert(command.productID)
            facts.insert(command.productID)
            references.insert(
                StockReference(command.reference, .transferOut, StockKey(command.productID, command.from)))
        case .placeHold(let command): for line in command.lines { products.insert(line.productID) }
        case .releaseHold(let id, _): holds.insert(id)
        case .work(let command): name(command)
        case .workBatch(let commands): for command in commands { name(command) }
        case .receiveReturn(let command): returns.insert(command.returnID)
        case .receiveReturns(let commands): for command in commands { returns.insert(command.returnID) }
        case .handOver(let command): name(command)
        case .handOverBatch(let commands): for command in commands { name(command) }
        case .stopFulfillment(let command):
            fulfillments.insert(command.fulfillmentID)
            withLines.insert(command.fulfillmentID)
        }
    }

    private mutating func name(_ command: WorkOnTask) {
        let (kind, id) = WorkTask.parts(of: command.taskID)
        fulfillments.insert(id)
        switch command.action {
        case .assign, .start: return
        case .complete, .completeShort, .receive: withLines.insert(id)
        }
        if kind == .putBack { puttingBack.insert(id) }
        if kind == .receive { receiving.insert(id) }
        if kind == .pack { toPack.insert(id) }
    }

    private mutating func name(_ command: HandOver) {
        fulfillments.insert(command.fulfillmentID)
        withLines.insert(command.fulfillmentID)
    }
}
