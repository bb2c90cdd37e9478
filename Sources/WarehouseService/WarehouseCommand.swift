import Kernel
import Warehouse

/// What callers ask of Warehouse.
public enum WarehouseCommand: Sendable, Equatable {
    case registerWarehouse(RegisterWarehouse)
    case receiveStock(ReceiveStock)
    case adjustStock(AdjustStock)
    case transferStock(TransferStock)
    case placeHold(PlaceHold)
    case releaseHold(HoldID, actor: String?)
    case work(WorkOnTask)
    /// Each is answered on its own: one that is refused does not spoil the others.
    case workBatch([WorkOnTask])
    case receiveReturn(ReceiveCustomerReturn)
    /// Each is answered on its own: one that is refused does not spoil the others.
    case receiveReturns([ReceiveCustomerReturn])
    case handOver(HandOver)
    /// Each is answered on its own: one that is refused does not spoil the others.
    case handOverBatch([HandOver])
    case stopFulfillment(StopFulfillment)
}

/// What an accepted command answers.
public enum WarehouseReply: Sendable, Equatable {
    case warehouse(WarehouseSite)
    /// Of what was received, adjusted or transferred, afterwards.
    case stock([Stock])
    case hold(Hold)
    case task(WorkTask)
    case tasks([Result<WorkTask, WarehouseRejection>])
    case received(ExpectedReturn)
    case receivedEach([Result<ExpectedReturn, WarehouseRejection>])
    case handedOver(HandoverReceipt)
    case handedOverEach([Result<HandoverReceipt, WarehouseRejection>])
    case stopped(StoppedFulfillment)
}
