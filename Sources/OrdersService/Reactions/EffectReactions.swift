import Kernel
import Ports

/// What Orders does when a call to the outside has ended for good.
extension OrdersBatch {
    func react(to effect: Effect, _ outcome: EffectOutcome) throws(Fault) {
        switch effect.request {
        case .sendMail:
            // Sent, or there is nobody to write to: the effect's own row says which.
            return
        case .deliverWebhook(let endpoint, _, _, _): return try delivered(effect, endpoint, outcome)
        case .bookShipment, .voidShipment:
            throw Fault("unknown_effect", retryable: false, "Orders books nothing: \(effect.key)")
        case .authorizePayment, .capturePayment, .voidPayment, .refundPayment: break
        }
        let saga = try saga(effect.entity)
        switch effect.request {
        case .authorizePayment: try AuthorizePayment.ended(outcome, saga)
        case .capturePayment(_, _, let amount): try CapturePayment.ended(effect, amount, outcome, saga)
        case .voidPayment: try VoidPayment.ended(outcome, saga)
        case .refundPayment(_, _, let amount)
        where OrderSaga.subject(of: effect.key.sequence) == .customerReturn:
            try RefundReturn.ended(effect, amount, outcome, saga)
        case .refundPayment(_, _, let amount): try RefundPayment.ended(effect, amount, outcome, saga)
        default: break
        }
        try saga.tellProcess()
    }
}
