import Kernel
import Ports

/// A world in which everybody says yes at once: payments, carriers and receivers of messages of an import. It calls
/// nobody; what it answers follows from our own reference, so that asking again gives the same answer.
struct AnsweringWorld: EffectGateway {
    func perform(_ effect: Effect, now: Instant) async -> EffectOutcome {
        let reference = effect.key.reference
        switch effect.request {
        case .authorizePayment, .capturePayment, .refundPayment: return .done(.payment(id: reference))
        case .bookShipment: return .done(.shipment(trackingNumber: reference, price: Money(500, .gbp)))
        case .voidPayment, .voidShipment, .sendMail, .deliverWebhook: return .done(.acknowledged)
        }
    }
}
