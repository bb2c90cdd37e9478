import Contracts
import Kernel

/// What the provider did, as it is told after each call.
extension Order {
    /// - Throws: `already_authorized`.
    public mutating func noteAuthorized(id provider: String, now: Instant) throws(PaymentRejection) -> [OrdersEvent] {
        try payment.authorize(payment.due, id: provider)
        updatedAt = now
        return [.paymentAuthorized(PaymentAuthorized(orderID: id, amount: total))]
    }

    public mutating func noteDeclined(reason: String, now: Instant) -> [OrdersEvent] {
        payment.decline()
        if endReason.isEmpty { endReason = "payment_declined" }
        updatedAt = now
        return [.paymentDeclined(PaymentDeclined(orderID: id, reason: reason))]
    }

    /// The value of the units that were handed over was taken.
    ///
    /// - Throws: `capture_exceeds_authorization`.
    public mutating func noteCaptured(
        _ index: Int, amount: Int64, now: Instant
    ) throws(PaymentRejection) -> [OrdersEvent] {
        try payment.capture(amount)
        fulfillments[index].captured += amount
        updatedAt = now
        return [
            .paymentCaptured(
                PaymentCaptured(orderID: id, fulfillmentID: fulfillments[index].id, amount: money(amount)))
        ]
    }

    /// An order of charges alone was paid.
    ///
    /// - Throws: `capture_exceeds_authorization`.
    public mutating func noteChargesCaptured(
        amount: Int64, now: Instant
    ) throws(PaymentRejection) -> [OrdersEvent] {
        try payment.capture(amount)
        updatedAt = now
        return [.paymentCaptured(PaymentCaptured(orderID: id, amount: money(amount)))]
    }

    /// What was authorized and not captured is let go.
    public mutating func noteVoided(now: Instant) -> [OrdersEvent] {
        let amount = payment.void()
        guard amount > 0 else { return [] }
        updatedAt = now
        return [.paymentVoided(PaymentVoided(orderID: id, amount: money(amount)))]
    }

    /// - Throws: `refund_exceeds_capture`.
    public mutating func noteRefunded(
        _ index: Int, amount: Int64, reason: String, now: Instant
    ) throws(PaymentRejection) -> [OrdersEvent] {
        try payment.refund(amount)
        fulfillments[index].refunded += amount
        updatedAt = now
        return [
            .paymentRefunded(
                PaymentRefunded(
                    orderID: id, fulfillmentID: fulfillments[index].id, amount: money(amount), reason: reason))
        ]
    }
}
