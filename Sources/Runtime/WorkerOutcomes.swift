import Kernel
import Ports

/// What the outcomes of a batch make of their effects, within the batch's transaction.
extension Worker {
    /// Records outcomes; what is not final goes back to the sink.
    ///
    /// - Returns: the inputs for the logic, in the order of the outcomes. An outcome that is not final is none, and
    ///   neither is one whose effect had ended before: a repetition.
    /// - Throws: `outcome_repeated` (not retryable) when some of several are repetitions: which ones shows when each is
    ///   recorded alone.
    func conclude(
        _ outcomes: [(Effect, EffectOutcome)], resubmit: (Effect) -> Void
    ) throws(Fault) -> [(effect: Effect, input: Input<Command>)] {
        var endings: [EffectEnding] = []
        var inputs: [(effect: Effect, input: Input<Command>)] = []
        for (effect, outcome) in outcomes {
            guard let (ending, input) = try judge(effect, outcome, resubmit) else { continue }
            endings.append(ending)
            inputs.append((effect, input))
        }
        guard !endings.isEmpty else { return [] }
        let ended = try EffectTable.end(endings, database)
        if ended == endings.count { return inputs }
        guard outcomes.count > 1 else { return [] }
        throw Fault(
            "outcome_repeated", retryable: false, "\(endings.count - ended) of \(endings.count) outcomes are known")
    }

    /// - Returns: how the effect ends, and the input that this is for the logic; `nil` when it waits for another try.
    private func judge(
        _ effect: Effect, _ outcome: EffectOutcome, _ resubmit: (Effect) -> Void
    ) throws(Fault) -> (EffectEnding, Input<Command>)? {
        var tried = effect
        tried.attempts += 1
        func ends(_ status: EffectTable.Status, _ result: String) -> EffectEnding {
            EffectEnding(key: effect.key, status: status, attempts: tried.attempts, result: result)
        }
        switch outcome {
        case .done(let result):
            return (ends(.done, String(decoding: result.json, as: UTF8.self)), .outcome(tried, outcome))
        case .refused(let code, _): return (ends(.refused, code), .outcome(tried, outcome))
        case .withheld(let reason, let retryAt), .failed(let reason, let retryAt):
            // A try that certainly changed nothing outside ends an effect that is not wanted any more.
            var isGivenUp = false
            if case .withheld = outcome { isGivenUp = effect.yieldsWhenDown }
            let isUnwanted = isGivenUp ? true : try EffectTable.isWithdrawalAsked(effect.key, database)
            if isUnwanted { return (ends(.withdrawn, reason), .withdrawn(tried)) }
            tried.dueAt = retryAt
            tried.isUncertain = false
            if try EffectTable.postpone(tried, because: reason, database) { resubmit(tried) }
            return nil
        case .unknown(let reason, let lookUpAt):
            tried.dueAt = lookUpAt
            tried.isUncertain = true
            if try EffectTable.postpone(tried, because: reason, database) { resubmit(tried) }
            return nil
        }
    }
}
