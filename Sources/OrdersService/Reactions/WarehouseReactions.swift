import Contracts
import Kernel
import Orders

/// What Orders does about what Warehouse says.
extension OrdersBatch {
    func react(to event: WarehouseEvent) throws(Fault) {
        switch event {
        case .stockReceived, .stockAdjusted, .stockLevelChanged: return
        default: break
        }
        let saga = try saga(event.key)
        switch event {
        case .stockReserved(let event):
            if event.request == 1 {
                try ReserveStock.reserved(event, saga)
            } else {
                try ResourceRemainder.reserved(event, saga)
            }
        case .stockReservationRejected(let event):
            if event.request == 1 {
                try ReserveStock.rejected(event, saga)
            } else {
                try ResourceRemainder.rejected(event, saga)
            }
        case .stockReleased(let event): try ReleaseStock.released(event, saga)
        case .fulfillmentPicked(let event): try PickAndPack.picked(event, saga)
        case .fulfillmentShort(let event): try PickAndPack.short(event, saga)
        case .fulfillmentPacked(let event): try PickAndPack.packed(event, saga)
        case .fulfillmentHandedOver(let event): try handedOver(event, saga)
        case .fulfillmentCancelled(let event):
            let index = try saga.index(of: event.fulfillmentID)
            // Its own process asked for that and says itself which units are cancelled, and why.
            guard try saga.job(PutBack.type, for: event.fulfillmentID) == nil else { break }
            try saga.publish(saga.order.stop(index, reason: event.reason, now: now))
        case .fulfillmentReduced(let event):
            let index = try saga.index(of: event.fulfillmentID)
            let events = try saga.order.reduce(
                index, by: event.units, reason: event.reason, lines: try saga.lines(), now: now)
            try saga.publish(events)
        case .orderStopped(let event): saga.order.noteStopped(reason: event.reason, now: now)
        case .cancellationRefused(let event): saga.order.noteCancellationRefused(reason: event.reason, now: now)
        case .fulfillmentPutBack(let event): try PutBack.done(event, saga)
        case .returnRestocked(let event): try restocked(event, saga)
        case .returnReceived(let event): try RefundReturn.inspected(event, saga)
        case .stockReceived, .stockAdjusted, .stockLevelChanged: break
        }
        try saga.tellProcess()
    }

    private func handedOver(_ event: FulfillmentHandedOver, _ saga: OrderSaga) throws(Fault) {
        let index = try saga.index(of: event.fulfillmentID)
        _ = try saga.order.noteHandedOver(
            index, units: event.units, lines: { () throws(Fault) in try saga.lines() }, now: now)
    }

    private func restocked(_ event: ReturnRestocked, _ saga: OrderSaga) throws(Fault) {
        let index = try saga.index(of: event.fulfillmentID)
        guard !saga.order.fulfillments[index].isRestocked else { return }
        saga.order.fulfillments[index].isRestocked = true
        saga.order.fulfillments[index].updatedAt = now
        // It counted as delivered before the carrier corrected itself: the process is past it.
        // Of what it came back without, a return gave or gives the money back.
        if saga.order.fulfillments[index].told.contains(.delivered) {
            RefundPayment.request(index, try saga.lines().value(of: event.units), saga)
        }
    }
}
