import Kernel
import Ports

/// Calls nobody: for commands that open the system without letting it act. Everything waits for the next start.
struct IdleGateway: EffectGateway {
    func perform(_ effect: Effect, now: Instant) async -> EffectOutcome {
        .unknown(reason: "this process makes no calls", lookUpAt: now + .seconds(3600))
    }
}
