import Contracts
import Kernel

/// A person stops one fulfillment order before its handover, for example because its label is to be voided.
public struct StopFulfillment: Sendable, Equatable {
    public let fulfillmentID: FulfillmentID
    /// Why; becomes the reason of the units' cancellation.
    public let reason: String

    public init(fulfillmentID: FulfillmentID, reason: String) {
        self.fulfillmentID = fulfillmentID
        self.reason = reason
    }
}

/// That a fulfillment order was stopped.
public struct StoppedFulfillment: Sendable, Equatable {
    public let fulfillmentID: FulfillmentID
    public let orderID: OrderID
}

/// Stopping one fulfillment order before its handover: what is on the shelf is free at once, what was picked goes back
/// first and stays allocated until then.
extension WarehouseState {
    /// Decides in Warehouse's serial order, so that no parcel is stopped and handed over. `FulfillmentCancelled` tells
    /// Shipping to void the label and Orders to cancel the units.
    ///
    /// - Throws: `unknownFulfillment`, `alreadyHandedOver`, `fulfillmentClosed`.
    public mutating func stopFulfillment(
        _ command: StopFulfillment, now: Instant
    ) throws(WarehouseRejection) -> StoppedFulfillment {
        let id = command.fulfillmentID
        guard let fulfillment = fulfillments[id] else { throw .unknownFulfillment(id) }
        guard !fulfillment.step.isHandedOver else { throw .alreadyHandedOver(id) }
        guard fulfillment.step.isBeforeHandover else { throw .fulfillmentClosed(id) }
        stop(fulfillment, reason: command.reason, now: now)
        publishCancelled(fulfillment, reason: command.reason)
        return StoppedFulfillment(fulfillmentID: id, orderID: fulfillment.orderID)
    }

    /// The put-back compensation of a single fulfillment order. Answered by `FulfillmentPutBack` when nothing of it is
    /// off the shelf any more: now, or when its put-back task is done. Asking again asks for the same answer.
    ///
    /// - Returns: whether the fulfillment order is known.
    public mutating func cancelFulfillment(_ id: FulfillmentID, reason: String, now: Instant) -> Bool {
        guard let fulfillment = fulfillments[id] else { return false }
        if fulfillment.step.isBeforeHandover { stop(fulfillment, reason: reason, now: now) }
        switch fulfillments[id]?.step {
        case .cancelled, .incomplete: publishPutBack(fulfillment)
        default:
            // Goods on their way back are answered for by their task. After the handover there is nothing to put
            // back, and Orders does not ask: it acts on the same serial order of events.
            break
        }
        return true
    }

    /// Ends the work on it.
    /// - Precondition: it is before its handover.
    mutating func stop(_ fulfillment: Fulfillment, reason: String, now: Instant) {
        precondition(fulfillment.step.isBeforeHandover, "\(fulfillment.id) is \(fulfillment.step)")
        if let kind = fulfillment.step.work {
            finish(kind, fulfillment, .cancelled, by: fulfillment.worker, reason: reason, now: now)
        }
        var stopped = fulfillment
        if stopped.step.holdsPicked {
            stopped.move(to: .puttingBack, at: now)
        } else {
            deallocate(stopped, by: nil, now: now)
            stopped.move(to: .cancelled, at: now)
        }
        save(stopped)
    }

    /// Picked goods of a stopped fulfillment order are on the shelf again.
    mutating func completePutBack(_ fulfillment: Fulfillment, by worker: String, now: Instant) {
        for line in fulfillment.lines {
            stock.record(
                .unpick, fulfillment.stockKey(line), line.quantity, for: .fulfillment(fulfillment.id), by: worker,
                reverses: line.pickEntry, at: now)
        }
        deallocate(fulfillment, by: worker, now: now)
        var done = fulfillment
        done.move(to: .cancelled, at: now)
        save(done)
        finish(.putBack, done, .done, by: worker, now: now)
        publishPutBack(done)
        answerRelease(of: done.orderID)
    }

    private mutating func deallocate(_ fulfillment: Fulfillment, by actor: String?, now: Instant) {
        for line in fulfillment.lines {
            stock.record(
                .deallocate, fulfillment.stockKey(line), line.quantity, for: .fulfillment(fulfillment.id), by: actor,
                reverses: line.entry, at: now)
        }
    }

    private mutating func publishPutBack(_ fulfillment: Fulfillment) {
        publish(
            .fulfillmentPutBack(FulfillmentPutBack(orderID: fulfillment.orderID, fulfillmentID: fulfillment.id)))
    }
}
