import Kernel

/// A token arrives at an element.
///
/// - Source: BPMN 2.0.2, clauses 13.3 (activities), 13.4 (gateways), 13.5 (events).
extension Execution {
    mutating func enter(_ index: Int, _ scope: Int32, _ flow: Int) {
        // The scope may have been terminated since the token set out.
        guard state.place(of: scope) != nil else { return }
        let operation = model.elements[index].operation
        switch operation {
        case .parallel, .inclusive:
            if model.elements[index].incoming.count > 1 {
                let place = activate(index, in: scope, .joining)
                state.activations[place].flow = Int32(flow)
                if operation == .parallel { joinParallel(index, scope) }
            } else {
                pass(index, scope)
            }
        case .exclusive, .passEvent, .boundary, .eventStart: pass(index, scope)
        case .terminateEnd:
            outputs.append(.elementEntered(model.elements[index].id))
            markCompleted(index)
            reachEnd(index, scope)
            terminateChildren(of: scope)
            if let place = state.place(of: scope) { state.activations[place].tokens = 0 }
            scopeIsEmpty(scope)
        case .errorEnd: throwErrorEnd(index, scope)
        case .escalationThrow: throwEscalation(index, scope)
        case .compensationThrow: startCompensation(index, scope)
        case .eventSubProcess: resubscribe(index, scope, start: flow)
        default:
            outputs.append(.elementEntered(model.elements[index].id))
            let place = activate(index, in: scope, .entering)
            begin(state.activations[place].key)
        }
    }

    /// Elements that take no time.
    private mutating func pass(_ index: Int, _ scope: Int32) {
        let taken: [Int]
        do {
            taken = try chooseFlows(index, scope)
        } catch {
            return block(index, scope, -1, error)
        }
        outputs.append(.elementEntered(model.elements[index].id))
        markCompleted(index)
        take(taken, from: index, scope)
    }

    /// Begins an activation that was made for an activity, a catch event or an event-based gateway. Does nothing but
    /// raise an incident when an expression fails; then it can be called again.
    mutating func begin(_ key: Int32) {
        guard let place = state.place(of: key) else { return }
        let index = element(at: place)
        let isIteration = isIteration(place)
        do {
            if model.elements[index].loop != nil, !isIteration { return try beginLoop(key) }
            if !model.elements[index].inputs.isEmpty {
                try mapInputs(place, index)
            }
            if !isIteration { try openBoundaries(place, index) }
            try beginActivity(key, place, index)
        } catch {
            closeSubscriptions(of: key)
            if let place = state.place(of: key) {
                state.activations[place].state = .entering
                raise(error.cause, at: place)
            }
        }
    }

    private mutating func beginActivity(_ key: Int32, _ place: Int, _ index: Int) throws(EvaluationFailure) {
        switch model.elements[index].operation {
        case .job:
            state.activations[place].state = .job
            announceJob(place)
        case .receive, .catchEvent:
            try subscribe(key, index)
            state.activations[place].state = .waiting
        case .eventBased:
            for flow in model.elements[index].outgoing { try subscribe(key, model.flows[flow].target) }
            state.activations[place].state = .waiting
        case .script:
            if let script = model.elements[index].script, let result = model.elements[index].scriptResult {
                write([result: evaluate(script, at: place)], from: key)
            }
            finish(key)
        case .passActivity: finish(key)
        case .subProcess:
            state.activations[place].state = .scope
            openScope(place)
        case .callActivity: beginCall(place, index)
        default: preconditionFailure("\(model.elements[index].id) begins as \(model.elements[index].operation)")
        }
    }

    private mutating func beginCall(_ place: Int, _ index: Int) {
        guard callDepth(of: place) < ProcessEngine.callDepthMax else {
            state.activations[place].state = .entering
            closeSubscriptions(of: state.activations[place].key)
            let message = "calls nest deeper than \(ProcessEngine.callDepthMax)"
            return raise(IncidentCause(kind: .callDepth, message: message), at: place)
        }
        state.activations[place].state = .scope
        state.activations[place].tokens = 1
        var passed =
            model.elements[index].copiesParentVariables
            ? state.visibleVariables(from: place, in: model) : state.activations[place].variables
        // Which iteration called is no business of the called process.
        if !passed.isEmpty { passed["loopCounter"] = nil }
        let called = model.elements[index].called
        outputs.append(.elementEntered(model.elements[called].id))
        let process = activate(called, in: state.activations[place].key, .scope)
        state.activations[process].variables = passed
        openScope(process)
    }

    private func callDepth(of place: Int) -> Int {
        var depth = 0
        var current: Int? = place
        while let here = current {
            if model.elements[element(at: here)].operation == .process { depth += 1 }
            current = state.place(of: state.activations[here].parent)
        }
        return depth
    }

    /// Subscribes the event sub-processes of a scope and sends a token from its start event.
    mutating func openScope(_ place: Int) {
        let key = state.activations[place].key
        let index = element(at: place)
        state.activations[place].tokens = 1
        for start in model.elements[index].eventStarts {
            do {
                try subscribe(key, start)
            } catch {
                // The scope runs on without this event; the repair is to resolve and so to subscribe again.
                state.activations[place].tokens += 1
                block(model.elements[start].container, key, start, error.cause)
            }
        }
        queue.append(.enter(element: model.elements[index].start, scope: key, flow: -1))
    }

    /// The token stood for the failure only and is gone once the event sub-process is subscribed.
    private mutating func resubscribe(_ index: Int, _ scope: Int32, start: Int) {
        do {
            try subscribe(scope, start)
            consume(scope)
        } catch {
            block(index, scope, start, error.cause)
        }
    }

    private mutating func openBoundaries(_ place: Int, _ index: Int) throws(EvaluationFailure) {
        for boundary in model.elements[index].boundaries {
            try subscribe(state.activations[place].key, boundary)
        }
    }

    func isIteration(_ place: Int) -> Bool {
        guard let parent = state.place(of: state.activations[place].parent) else { return false }
        return state.activations[parent].state == .loop
            && state.activations[parent].element == state.activations[place].element
    }
}
