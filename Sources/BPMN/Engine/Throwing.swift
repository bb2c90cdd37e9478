/// Errors and escalations: from where they are thrown outwards to whoever catches them.
///
/// - Source: BPMN 2.0.2, clause 10.5.7 (handling events); errors are critical, escalations are not.
extension Execution {
    private enum Catcher {
        case boundary(Int, of: Int32)
        case eventSubProcess(Int, in: Int32)
    }

    mutating func throwJobError(_ place: Int, _ code: String, _ variables: [String: FEELValue]) {
        let activation = state.activations[place]
        guard let catcher = catcher(.error, code, activity: place, scope: activation.parent) else {
            return raise(
                IncidentCause(kind: .unhandledError, message: "nothing catches the error '\(code)'"), at: place)
        }
        write(variables, from: activation.parent)
        // The worker has given its job back itself, so nobody needs to hear that it was cancelled.
        state.activations[place].state = .completing
        react(catcher)
    }

    mutating func throwErrorEnd(_ index: Int, _ scope: Int32) {
        let code = model.elements[index].code ?? ""
        guard let catcher = catcher(.error, code, activity: nil, scope: scope) else {
            let cause = IncidentCause(kind: .unhandledError, message: "nothing catches the error '\(code)'")
            return block(index, scope, -1, cause)
        }
        outputs.append(.elementEntered(model.elements[index].id))
        markCompleted(index)
        reachEnd(index, scope)
        react(catcher)
    }

    /// An escalation that nobody catches is no failure: the token goes on.
    mutating func throwEscalation(_ index: Int, _ scope: Int32) {
        outputs.append(.elementEntered(model.elements[index].id))
        markCompleted(index)
        if let catcher = catcher(.escalation, model.elements[index].code ?? "", activity: nil, scope: scope) {
            react(catcher)
            if isInterrupting(catcher) { return }
        }
        leave(index, scope)
    }

    private func isInterrupting(_ catcher: Catcher) -> Bool {
        switch catcher {
        case .boundary(let index, _): return model.elements[index].isInterrupting
        case .eventSubProcess(let index, _): return model.elements[model.elements[index].start].isInterrupting
        }
    }

    private mutating func react(_ catcher: Catcher) {
        switch catcher {
        case .boundary(let index, let owner): triggerBoundary(index, of: owner)
        case .eventSubProcess(let index, let scope): startEventSubProcess(index, in: scope, [:])
        }
    }

    private func catcher(_ trigger: Trigger, _ code: String, activity: Int?, scope: Int32) -> Catcher? {
        if let activity, let found = boundary(trigger, code, at: activity) { return found }
        var current = state.place(of: scope)
        var isLeavingEventSubProcess = false
        while let place = current {
            let activation = state.activations[place]
            let index = Int(activation.element)
            // What happens in an event sub-process is not caught by its neighbors but further out.
            if activation.state == .scope, !isLeavingEventSubProcess, !activation.isInterrupted,
                let start = match(trigger, code, model.elements[index].eventStarts)
            {
                return .eventSubProcess(model.elements[start].container, in: activation.key)
            }
            if let found = boundary(trigger, code, at: place) { return found }
            isLeavingEventSubProcess = model.elements[index].operation == .eventSubProcess
            current = state.place(of: activation.parent)
        }
        return nil
    }

    private func boundary(_ trigger: Trigger, _ code: String, at place: Int) -> Catcher? {
        guard state.activations[place].state != .compensating, !isIteration(place) else { return nil }
        let key = state.activations[place].key
        return match(trigger, code, model.elements[element(at: place)].boundaries).map { .boundary($0, of: key) }
    }

    /// The event with that very code, otherwise one that catches all.
    private func match(_ trigger: Trigger, _ code: String, _ events: [Int]) -> Int? {
        let fitting = events.filter { model.elements[$0].trigger == trigger }
        return fitting.first { model.elements[$0].code == code } ?? fitting.first { model.elements[$0].code == nil }
    }
}
