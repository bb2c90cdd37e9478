import Kernel
import Ports

/// Stands where there is nobody to call.
struct IdleGateway: EffectGateway {
    func perform(_ effect: Effect, now: Instant) async -> EffectOutcome {
        .unknown(reason: "this process makes no calls", lookUpAt: now + .seconds(3600))
    }
}
