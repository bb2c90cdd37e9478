import Kernel

/// Messages and timers: subscribing, and what happens when they come.
///
/// - Source: BPMN 2.0.2, clauses 10.5.2–10.5.6, 13.5.3 (boundary events), 13.5.4 (event sub-processes).
extension Execution {
    /// Subscribes an event for an owner. Events that are thrown within the instance need no subscription.
    mutating func subscribe(_ owner: Int32, _ index: Int) throws(EvaluationFailure) {
        guard let place = state.place(of: owner) else { return }
        let event: Subscription.Event
        if let message = model.elements[index].message {
            var key: FEELValue?
            if let expression = message.key {
                let value = evaluate(expression, at: place)
                guard value != .null else {
                    throw EvaluationFailure(
                        message: "the correlation key '\(expression)' of message '\(message.name)' is null")
                }
                key = value
            }
            event = .message(key: key)
        } else if let timer = model.elements[index].timer {
            event = try Self.schedule(timer, from: now) { evaluate($0, at: place) }
        } else {
            return
        }
        state.lastKey += 1
        state.subscriptions.append(
            Subscription(key: state.lastKey, owner: owner, element: Int32(index), event: event))
    }

    static func schedule(
        _ timer: CompiledTimer, from now: Instant, _ evaluate: (FEELExpression) -> FEELValue
    ) throws(EvaluationFailure) -> Subscription.Event {
        switch timer {
        case .date(let expression):
            let value = evaluate(expression)
            if case .dateTime(let due) = FEELFunctions.call("date and time", [value]) {
                return .timer(due: due, remaining: 1, interval: ISODuration())
            }
            throw EvaluationFailure(message: "'\(expression)' gives no date and time")
        case .duration(let expression):
            var duration: ISODuration?
            switch evaluate(expression) {
            case .string(let text): duration = ISODuration(text)
            case .duration(let milliseconds): duration = ISODuration(milliseconds: milliseconds)
            case .months(let months): duration = ISODuration(months: months)
            default: break
            }
            guard let due = duration?.added(to: now) else {
                throw EvaluationFailure(message: "'\(expression)' gives no duration")
            }
            return .timer(due: due, remaining: 1, interval: ISODuration())
        case .cycle(let expression):
            guard case .string(let text) = evaluate(expression), let cycle = TimerCycle(text),
                let due = cycle.interval.added(to: now)
            else { throw EvaluationFailure(message: "'\(expression)' gives no cycle") }
            return .timer(due: due, remaining: cycle.repetitions ?? -1, interval: cycle.interval)
        }
    }

    // MARK: Timers

    mutating func fireTimers() {
        for _ in 0..<ProcessEngine.timersPerAdvance {
            var next: (due: Instant, subscription: Subscription)?
            for subscription in state.subscriptions {
                guard case .timer(let due, _, _) = subscription.event, due <= now else { continue }
                if let found = next, found.due <= due { continue }
                next = (due, subscription)
            }
            guard let (due, subscription) = next, stepsLeft > 0 else { return }
            repeatTimer(subscription, due)
            trigger(subscription, [:])
            run()
        }
    }

    /// Sets a cycle to its next turn; a timer without one is over.
    private mutating func repeatTimer(_ subscription: Subscription, _ due: Instant) {
        guard let place = state.subscriptions.firstIndex(where: { $0.key == subscription.key }),
            case .timer(_, let remaining, let interval) = subscription.event
        else { return }
        if remaining != 1, let next = interval.added(to: due) {
            state.subscriptions[place].event = .timer(
                due: next, remaining: remaining < 0 ? -1 : remaining - 1, interval: interval)
        } else {
            state.subscriptions.remove(at: place)
        }
    }

    // MARK: Triggering

    mutating func trigger(_ subscription: Subscription, _ variables: [String: FEELValue]) {
        guard let place = state.place(of: subscription.owner) else { return }
        let index = Int(subscription.element)
        switch model.elements[index].operation {
        case .boundary:
            let scope = state.activations[place].parent
            write(variables, from: scope)
            triggerBoundary(index, of: subscription.owner)
        case .eventStart:
            startEventSubProcess(model.elements[index].container, in: subscription.owner, variables)
        default:
            if element(at: place) == index { return complete(place, variables) }
            // An event-based gateway: the first event decides, and is itself done.
            let scope = state.activations[place].parent
            let gateway = element(at: place)
            remove(subscription.owner)
            markCompleted(gateway)
            outputs.append(.elementEntered(model.elements[index].id))
            let event = activate(index, in: scope, .waiting)
            complete(event, variables)
        }
    }

    mutating func triggerBoundary(_ index: Int, of owner: Int32) {
        guard let place = state.place(of: owner) else { return }
        let scope = state.activations[place].parent
        if model.elements[index].isInterrupting { terminate(owner) } else { addTokens(1, to: scope) }
        queue.append(.enter(element: index, scope: scope, flow: -1))
    }

    mutating func startEventSubProcess(_ index: Int, in scope: Int32, _ variables: [String: FEELValue]) {
        guard let place = state.place(of: scope) else { return }
        let start = model.elements[index].start
        if model.elements[start].isInterrupting {
            terminateChildren(of: scope)
            state.subscriptions.removeAll { subscription in
                subscription.owner == scope && model.elements[Int(subscription.element)].operation == .eventStart
            }
            state.activations[place].isInterrupted = true
            state.activations[place].tokens = 1
        } else {
            state.activations[place].tokens += 1
        }
        write(variables, from: scope)
        outputs.append(.elementEntered(model.elements[index].id))
        let activation = activate(index, in: scope, .scope)
        openScope(activation)
    }
}
