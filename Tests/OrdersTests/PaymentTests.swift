import Kernel
import Orders
import Testing

@Suite struct PaymentTests {
    @Test func statusFollowsFromTheAmounts() {
        let table: [(Payment, PaymentStatus)] = [
            (Payment(due: 0), .none),
            (Payment(due: 9), .pending),
            (Payment(due: 9, isDeclined: true), .declined),
            (Payment(due: 9, authorized: 9), .authorized),
            (Payment(due: 9, authorized: 9, voided: 9), .voided),
            (Payment(due: 9, authorized: 9, captured: 4), .partiallyCaptured),
            (Payment(due: 9, authorized: 9, captured: 4, voided: 5), .captured),
            (Payment(due: 9, authorized: 9, captured: 9), .captured),
            (Payment(due: 9, authorized: 9, captured: 9, refunded: 1), .partiallyRefunded),
            (Payment(due: 9, authorized: 9, captured: 9, refunded: 9), .refunded),
        ]
        for (payment, status) in table { #expect(payment.status == status) }
    }

    @Test func neverMoreThanWasAuthorizedOrCaptured() throws {
        var payment = Payment(due: 10)
        #expect(throws: PaymentRejection.captureExceedsAuthorization(amount: 1, open: 0)) { try payment.capture(1) }
        try payment.authorize(10, id: "a")
        #expect(throws: PaymentRejection.alreadyAuthorized) { try payment.authorize(10, id: "b") }
        #expect(throws: PaymentRejection.captureExceedsAuthorization(amount: 11, open: 10)) { try payment.capture(11) }
        try payment.capture(9)
        #expect(throws: PaymentRejection.refundExceedsCapture(amount: 10, captured: 9)) { try payment.refund(10) }
        try payment.refund(9)
        #expect(throws: PaymentRejection.refundExceedsCapture(amount: 1, captured: 0)) { try payment.refund(1) }
        #expect(payment.void() == 1)
        #expect(payment.void() == 0)
        #expect(throws: PaymentRejection.captureExceedsAuthorization(amount: 1, open: 0)) { try payment.capture(1) }
    }

    /// Any sequence of steps that are taken keeps `authorized ≥ captured + voided` and `captured ≥ refunded`.
    @Test func theInvariantsHoldAfterAnySteps() {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<200 {
            var payment = Payment(due: 100)
            for _ in 0..<20 {
                let amount = Int64.random(in: 0...60, using: &random)
                do throws(PaymentRejection) {
                    switch Int.random(in: 0..<4, using: &random) {
                    case 0: try payment.authorize(100, id: "a")
                    case 1: try payment.capture(amount)
                    case 2: try payment.refund(amount)
                    default: _ = payment.void()
                    }
                } catch {
                    #expect(!error.detail.isEmpty)
                }
                #expect(payment.authorized >= payment.captured + payment.voided)
                #expect(payment.captured >= payment.refunded)
            }
        }
    }
}
