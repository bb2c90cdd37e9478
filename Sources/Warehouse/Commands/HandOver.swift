import Contracts
import Kernel

/// The carrier takes the parcels: the pivot. Nothing can be cancelled afterwards.
public struct HandOver: Sendable, Equatable {
    public let fulfillmentID: FulfillmentID
    public let actor: String

    public init(fulfillmentID: FulfillmentID, actor: String) {
        self.fulfillmentID = fulfillmentID
        self.actor = actor
    }
}

/// That parcels were handed over.
public struct HandoverReceipt: Sendable, Equatable {
    public let fulfillmentID: FulfillmentID
    public let orderID: OrderID
    public let handedOverAt: Instant
}

extension WarehouseState {
    /// - Throws: `unknownFulfillment`, `alreadyHandedOver`, `fulfillmentClosed`, `notPacked`, `notLabelled`.
    public mutating func handOver(_ command: HandOver, now: Instant) throws(WarehouseRejection) -> HandoverReceipt {
        let id = command.fulfillmentID
        guard var fulfillment = fulfillments[id] else { throw .unknownFulfillment(id) }
        switch fulfillment.step {
        case .labelled: break
        case .handedOver, .returning, .returned: throw .alreadyHandedOver(id)
        case .incomplete, .cancelled, .puttingBack: throw .fulfillmentClosed(id)
        case .packed: throw .notLabelled(id)
        case .reserved, .picking, .packing: throw .notPacked(id)
        }
        for line in fulfillment.lines {
            stock.record(
                .ship, fulfillment.stockKey(line), line.quantity, for: .fulfillment(id), by: command.actor, at: now)
        }
        fulfillment.move(to: fulfillment.cameBackEarly ? .returning : .handedOver, at: now)
        save(fulfillment)
        publish(
            .fulfillmentHandedOver(
                FulfillmentHandedOver(
                    orderID: fulfillment.orderID, fulfillmentID: id, units: fulfillment.units, occurredAt: now)))
        return HandoverReceipt(fulfillmentID: id, orderID: fulfillment.orderID, handedOverAt: now)
    }
}
