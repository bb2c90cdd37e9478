import Kernel

/// What follows from an order's state and is never stored.
extension Order {
    public var fulfillmentStatus: FulfillmentStatus {
        if state == .cancelled || state == .rejected { return .cancelled }
        let handedOver = fulfillments.reduce(0) { $1.status == .handedOver ? $0 + $1.units.unitCount : $0 }
        if handedOver > 0 {
            return handedOver + cancelledUnits.unitCount >= goodsCount ? .fulfilled : .partiallyFulfilled
        }
        if !hasGoods { return state == .completed ? .fulfilled : .unfulfilled }
        return state == .fulfilling ? .inProgress : .unfulfilled
    }

    public var paymentStatus: PaymentStatus { payment.status }

    public var returnStatus: ReturnStatus {
        var isReturning = false
        var isReceived = false
        for fulfillment in fulfillments {
            switch fulfillment.shipment?.status {
            case .returning: isReturning = true
            case .returned: if fulfillment.isRestocked { isReceived = true } else { isReturning = true }
            default: break
            }
        }
        if payment.refunded > 0 { return payment.refunded == payment.captured ? .refunded : .partiallyRefunded }
        if isReceived || returns.contains(where: { $0.status == .inspected || $0.status == .closed }) {
            return .received
        }
        if isReturning { return .inTransit }
        let statuses: [(OrderReturn.Status, ReturnStatus)] = [
            (.approved, .approved), (.requested, .requested), (.declined, .declined),
        ]
        return statuses.first { status, _ in returns.contains { $0.status == status } }?.1 ?? .none
    }

    /// What a caller may ask for now, so that no client has to know the states.
    public var allowedActions: [OrderAction] {
        var actions: [OrderAction] = []
        if (try? cancellationCheck()) != nil { actions.append(.cancel) }
        if !state.isTerminal, !cancellation.isPending, fulfillments.contains(where: { $0.status.isBeforePick }) {
            actions.append(.cancelUnits)
        }
        if !returnableUnits.isEmpty { actions.append(.requestReturn) }
        return actions
    }
}

/// What can be asked of an order.
public enum OrderAction: String, Sendable {
    case cancel
    case cancelUnits = "cancel_units"
    case requestReturn = "request_return"
}
