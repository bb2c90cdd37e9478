import Contracts
import Ports
import Synchronization

/// Brings outcomes of effects to the service that decided them, also those that end before it is ready.
final class OutcomeRouter: Sendable {
    typealias Delivery = @Sendable (Effect, EffectOutcome) -> Void

    private struct State: Sendable {
        var deliveries: [Topic: Delivery] = [:]
        var early: [Topic: [(Effect, EffectOutcome)]] = [:]
    }

    private let state = Mutex(State())

    static func owner(of kind: EffectKind) -> Topic {
        switch kind {
        case .bookShipment, .voidShipment: .shipping
        case .authorizePayment, .capturePayment, .voidPayment, .refundPayment, .sendMail, .deliverWebhook: .orders
        }
    }

    func connect(_ topic: Topic, _ delivery: @escaping Delivery) {
        let early = state.withLock { state in
            state.deliveries[topic] = delivery
            return state.early.removeValue(forKey: topic) ?? []
        }
        for (effect, outcome) in early { delivery(effect, outcome) }
    }

    func report(_ effect: Effect, _ outcome: EffectOutcome) {
        let topic = Self.owner(of: effect.key.kind)
        let delivery = state.withLock { state -> Delivery? in
            if let delivery = state.deliveries[topic] { return delivery }
            state.early[topic, default: []].append((effect, outcome))
            return nil
        }
        delivery?(effect, outcome)
    }
}
