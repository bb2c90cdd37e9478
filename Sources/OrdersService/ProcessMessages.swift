import BPMN
import Kernel
import Orders

/// Telling the process what is known. The engine keeps no message that nobody waits for yet: facts that came early (a
/// delivery while the capture is under way) stay with the order and are told again after every later input.
extension OrderSaga {
    /// Tells everything that is known and was not taken yet, until nothing more is taken.
    func tellProcess() throws(Fault) {
        guard hasNews, try !instance.isEnded else { return }
        // Every round that goes on has told at least one of the five messages of a fulfillment.
        for _ in 0...order.fulfillments.count * 5 {
            var isTold = false
            for index in order.fulfillments.indices where try tell(index) { isTold = true }
            guard isTold else { break }
        }
        try tellCancellation()
    }

    /// Whether there is anything that the process may not know: without, it need not even be read.
    private var hasNews: Bool {
        if order.cancellation.status == .accepted, order.cancellation.units.isEmpty, !order.state.isTerminal {
            return true
        }
        return order.fulfillments.contains { fulfillment in
            let told = fulfillment.told
            switch fulfillment.status {
            case .cancelled: return !told.contains(.cancelled)
            case .handedOver:
                if !told.contains(.handedOver) { return true }
                if !told.contains(.outcome) {
                    return [.delivered, .returned, .lost].contains(fulfillment.shipment?.status)
                }
                return fulfillment.isRestocked && !told.contains(.restocked) && !told.contains(.delivered)
            default: return false
            }
        }
    }

    private func tell(_ index: Int) throws(Fault) -> Bool {
        let fulfillment = order.fulfillments[index]
        let told = fulfillment.told
        if fulfillment.status == .cancelled {
            return told.contains(.cancelled) ? false : try tellStopped(index)
        }
        guard fulfillment.status == .handedOver else { return false }
        if !told.contains(.handedOver) { return try tellHandedOver(index) }
        if !told.contains(.outcome) { return try tellOutcome(index) }
        if fulfillment.isRestocked, !told.contains(.restocked), !told.contains(.delivered) {
            return try tell(index, "restocked", .restocked)
        }
        return false
    }

    private func tell(
        _ index: Int, _ message: String, _ mark: OrderFulfillment.Told, _ variables: [String: FEELValue] = [:]
    ) throws(Fault) -> Bool {
        let key = FEELValue.integer(order.fulfillments[index].id.rawValue)
        // Marked first, since what follows may look at the marks; taken back when nobody waited.
        order.fulfillments[index].told.insert(mark)
        let isTaken = try applyIfPossible(.correlateMessage(name: message, key: key, variables: variables))
        if !isTaken { order.fulfillments[index].told.remove(mark) }
        return isTaken
    }

    private func tellHandedOver(_ index: Int) throws(Fault) -> Bool {
        try apply(.setVariables(["handedOver": .integer(Int64(order.handedOverCount))]))
        return try tell(index, "handed-over", .handedOver, ["shipped": true])
    }

    private func tellOutcome(_ index: Int) throws(Fault) -> Bool {
        switch order.fulfillments[index].shipment?.status {
        case .delivered: return try tell(index, "delivered", [.outcome, .delivered])
        case .returned: return try tell(index, "returned", .outcome)
        case .lost: return try tell(index, "lost", .outcome)
        default: return false
        }
    }

    private func tellStopped(_ index: Int) throws(Fault) -> Bool {
        let id = order.fulfillments[index].id
        // Stopped by its own process, which is undoing it already.
        if try job(PutBack.type, for: id) != nil { return false }
        if try job(CancelShipment.type, for: id) != nil { return false }
        let isBooking = try job(BookShipment.type, for: id) != nil
        let isTaken = try tell(index, "fulfillment-cancelled", .cancelled)
        if isTaken, isBooking { try BookShipment.abandon(id, self) }
        return isTaken
    }

    /// The order as a whole is stopped. While fulfillments run, each of them is told instead; when they have ended, the
    /// process finds that nothing was handed over and cancels the order itself.
    private func tellCancellation() throws(Fault) {
        guard order.cancellation.status == .accepted, order.cancellation.units.isEmpty, !order.state.isTerminal,
            try instance.tokens[ProcessVersions.fulfillmentProcess] == nil, try !isUndoing()
        else { return }
        _ = try applyIfPossible(.correlateMessage(name: "order-cancelled", key: nil, variables: [:]))
    }

    /// Compensation is under way: the order ends without being told.
    private func isUndoing() throws(Fault) -> Bool {
        if try job(ReleaseStock.type) != nil { return true }
        return try job(VoidPayment.type) != nil
    }
}
