import Contracts
import Kernel

/// Somebody wants the whole order cancelled.
///
/// For an order with goods the answer comes from Warehouse, which alone knows what was handed over: until then the
/// cancellation is pending. An order of charges alone is stopped here, as long as it is not confirmed.
public struct CancelOrder: Sendable, Equatable {
    public let orderID: OrderID
    /// For people; 1–200 characters, see ``isValid(reason:)``.
    public let reason: String

    public init(orderID: OrderID, reason: String) {
        self.orderID = orderID
        self.reason = reason
    }

    public static func isValid(reason: String) -> Bool { Addressee.isText(reason, 1...200) }
}

/// Why an order, or units of it, cannot be cancelled.
public enum CancelOrderRejection: Rejection {
    case invalidReason
    /// The pivot has passed: what was delivered can be returned.
    case alreadyHandedOver(OrderID)
    case alreadyCancelled
    /// Rejected, or completed without a parcel.
    case orderClosed(OrderState)
    case cancellationPending
    /// An order of charges alone that was captured.
    case alreadyCharged

    public var code: String {
        switch self {
        case .invalidReason: "invalid_reason"
        case .alreadyHandedOver: "already_handed_over"
        case .alreadyCancelled: "already_cancelled"
        case .orderClosed: "order_closed"
        case .cancellationPending: "cancellation_pending"
        case .alreadyCharged: "already_charged"
        }
    }

    public var detail: String {
        switch self {
        case .invalidReason: "The reason has 1–200 characters."
        case .alreadyHandedOver:
            "Parcels of this order are with the carrier: it cannot be cancelled any more. Ask for a return once they are "
                + "delivered."
        case .alreadyCancelled: "The order is cancelled already."
        case .orderClosed(let state): "The order is \(state.name)."
        case .cancellationPending: "A cancellation was asked for already; the warehouse has not answered yet."
        case .alreadyCharged: "The charges are captured: ask for a refund instead."
        }
    }
}

extension Order {
    /// - Returns: what to publish. Empty for an order of charges alone: its process is told at once.
    /// - Throws: every case of ``CancelOrderRejection``.
    public mutating func cancel(_ command: CancelOrder, now: Instant) throws(CancelOrderRejection) -> [OrdersEvent] {
        guard CancelOrder.isValid(reason: command.reason) else { throw .invalidReason }
        try cancellationCheck()
        cancellation = Cancellation(status: hasGoods ? .pending : .accepted, reason: command.reason)
        updatedAt = now
        guard hasGoods else { return [] }
        return [
            .orderCancellationRequested(OrderCancellationRequested(orderID: id, reason: command.reason, units: []))
        ]
    }

    func cancellationCheck() throws(CancelOrderRejection) {
        if isHandedOver { throw .alreadyHandedOver(id) }
        if state == .cancelled { throw .alreadyCancelled }
        if state.isTerminal { throw .orderClosed(state) }
        if cancellation.isPendingForAll || (cancellation.status == .accepted && cancellation.units.isEmpty) {
            throw .cancellationPending
        }
        if !hasGoods, state != .placed { throw .alreadyCharged }
    }
}
