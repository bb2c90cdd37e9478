import Contracts
import Kernel

/// What is owed for a customer's return, and its end.
extension Order {
    /// The warehouse has inspected the units.
    ///
    /// - Returns: what to give back, minor units; `nil` when this is no news.
    /// - Throws: `unknown_units`, `return_not_approved`, `refund_exceeds_capture`: others made a mistake.
    public mutating func noteInspected(
        _ index: Int, _ inspected: [InspectedUnits], lines: [OrderLine], now: Instant
    ) throws(Fault) -> Int64? {
        let current = returns[index]
        if current.status == .inspected || current.status == .closed { return nil }
        guard current.status == .approved else {
            throw Fault("return_not_approved", retryable: false, "\(current.id) is \(current.status.name)")
        }
        let units = inspected.map(\.units)
        guard units.normalized == current.units, units.unitCount == current.units.unitCount else {
            throw Fault("unknown_units", retryable: false, "\(current.id) is of \(current.units), not of \(units)")
        }
        returns[index].inspected = inspected
        let owed = try lines.value(of: returns[index].refundedUnits)
        let underWay = try lines.value(of: returns.filter { $0.status == .inspected }.flatMap(\.refundedUnits))
        guard owed + underWay <= payment.captured - payment.refunded else {
            throw Fault(
                "refund_exceeds_capture", retryable: false,
                "\(current.id): \(owed) and \(underWay) of \(payment.captured - payment.refunded)")
        }
        returns[index].status = .inspected
        touch(index, now: now)
        return owed
    }

    /// All is settled: `inspected → closed`.
    ///
    /// - Parameter amount: what the provider gave back, minor units.
    /// - Throws: `refund_exceeds_capture`.
    public mutating func closeReturn(
        _ index: Int, refunded amount: Int64, shares: [Int64], now: Instant
    ) throws(PaymentRejection) -> [OrdersEvent] {
        precondition(returns[index].status == .inspected, "\(returns[index].id) is \(returns[index].status.name)")
        precondition(shares.count == fulfillments.count && shares.reduce(0, +) == amount, "\(shares) of \(amount)")
        try payment.refund(amount)
        for (place, share) in shares.enumerated() where share > 0 { fulfillments[place].refunded += share }
        returns[index].status = .closed
        returns[index].refunded = amount
        returns[index].refundRefusal = ""
        touch(index, now: now)
        let closed = OrdersEvent.returnClosed(
            ReturnClosed(orderID: id, returnID: returns[index].id, refunded: money(amount)))
        guard amount > 0 else { return [closed] }
        return [
            .paymentRefunded(
                PaymentRefunded(
                    orderID: id, returnID: returns[index].id, amount: money(amount), reason: "returned")), closed,
        ]
    }

    /// How the value of a return's refunded units is spread over the fulfillments that shipped them.
    ///
    /// - Throws: `unknown_units`.
    public func refundShares(_ index: Int, lines: [OrderLine]) throws(Fault) -> [Int64] {
        let units = returns[index].refundedUnits
        return try fulfillments.map { (fulfillment) throws(Fault) in
            try lines.value(of: fulfillment.units.intersection(units))
        }
    }

    /// The provider is asked for the refund.
    public mutating func noteRefundAsked(_ index: Int, now: Instant) {
        returns[index].refundTries += 1
        returns[index].refundRefusal = ""
        touch(index, now: now)
    }

    /// The provider refused: a person has to look.
    public mutating func noteRefundRefused(_ index: Int, reason: String, now: Instant) {
        returns[index].refundRefusal = reason
        touch(index, now: now)
    }
}
