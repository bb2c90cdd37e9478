import Kernel

/// Activities complete, tokens go on or are consumed, scopes end when their last token is.
///
/// - Source: BPMN 2.0.2, clauses 13.3.2 (activity lifecycle), 13.5.6 (end events).
extension Execution {
    mutating func complete(_ place: Int, _ variables: [String: FEELValue]) {
        let key = state.activations[place].key
        if model.elements[element(at: place)].outputs.isEmpty {
            write(variables, from: key)
        } else {
            // Only the mapped values leave the activity.
            state.activations[place].variables.merge(variables) { _, new in new }
        }
        finish(key)
    }

    /// An activity, catch event or event-based gateway is done: maps its outputs, remembers how to undo it, goes on.
    mutating func finish(_ key: Int32) {
        guard let place = state.place(of: key) else { return }
        let index = element(at: place)
        if !model.elements[index].outputs.isEmpty {
            do {
                try mapOutputs(place, index)
            } catch {
                state.activations[place].state = .completing
                return raise(error.cause, at: place)
            }
        }
        let activation = state.activations[place]
        remove(key)
        markCompleted(index)
        guard let parent = state.place(of: activation.parent) else { return }
        if state.activations[parent].state == .compensating {
            return finishCompensation(of: activation.parent)
        }
        record(activation, index, in: parent)
        if state.activations[parent].state == .loop, state.activations[parent].element == activation.element {
            return finishIteration(activation, of: activation.parent)
        }
        leave(index, activation.parent)
    }

    private mutating func record(_ activation: Activation, _ index: Int, in parent: Int) {
        let handler = model.elements[index].handler
        // The iterations of a loop are undone one by one, so its body only passes their records on.
        let isBody = activation.loop != nil
        if handler >= 0, !isBody {
            state.activations[parent].records.append(
                CompensationRecord(
                    element: Int32(index), handler: Int32(handler), variables: activation.variables, nested: []))
        } else if !activation.records.isEmpty || (!isBody && model.elements[index].undoing >= 0) {
            state.activations[parent].records.append(
                CompensationRecord(
                    element: Int32(index), handler: -1, variables: activation.variables, nested: activation.records))
        }
    }

    /// The token goes on along the outgoing flows.
    mutating func leave(_ index: Int, _ scope: Int32) {
        do {
            take(try chooseFlows(index, scope), from: index, scope)
        } catch {
            let place = activate(index, in: scope, .leaving)
            raise(error, at: place)
        }
    }

    mutating func take(_ taken: [Int], from index: Int, _ scope: Int32) {
        if taken.isEmpty {
            reachEnd(index, scope)
            return consume(scope)
        }
        addTokens(taken.count - 1, to: scope)
        for flow in taken { queue.append(.enter(element: model.flows[flow].target, scope: scope, flow: flow)) }
    }

    /// Which outgoing flows a token takes: one of an exclusive gateway, all that hold of an inclusive one.
    func chooseFlows(_ index: Int, _ scope: Int32) throws(IncidentCause) -> [Int] {
        let outgoing = model.elements[index].outgoing
        guard model.elements[index].hasConditions, outgoing.count > 1 || model.elements[index].operation != .exclusive,
            let place = state.place(of: scope)
        else { return outgoing }
        let isExclusive = model.elements[index].operation == .exclusive
        let defaultFlow = model.elements[index].defaultFlow
        var taken: [Int] = []
        for flow in outgoing where flow != defaultFlow {
            guard let condition = model.flows[flow].condition else {
                taken.append(flow)
                continue
            }
            guard case .boolean(let holds) = evaluate(condition, at: place) else {
                throw IncidentCause(
                    kind: .expression,
                    message: "the condition '\(condition)' of '\(model.flows[flow].id)' is neither true nor false")
            }
            if holds { taken.append(flow) }
            if holds, isExclusive { break }
        }
        if taken.isEmpty, defaultFlow >= 0 { return [defaultFlow] }
        guard !taken.isEmpty else {
            throw IncidentCause(kind: .noFlow, message: "no condition holds at '\(model.elements[index].id)'")
        }
        return taken
    }

    mutating func reachEnd(_ index: Int, _ scope: Int32) {
        guard model.elements[index].isEnd else { return }
        var current = state.place(of: scope)
        while let place = current, model.elements[element(at: place)].operation != .process {
            current = state.place(of: state.activations[place].parent)
        }
        if let current, state.activations[current].parent == 0 { state.ends.append(Int32(index)) }
    }

    mutating func consume(_ scope: Int32) {
        guard let place = state.place(of: scope) else { return }
        state.activations[place].tokens -= 1
        if state.activations[place].tokens == 0 { scopeIsEmpty(scope) }
    }

    mutating func scopeIsEmpty(_ key: Int32) {
        guard let place = state.place(of: key) else { return }
        let index = element(at: place)
        switch model.elements[index].operation {
        case .process where state.activations[place].parent == 0:
            state.finalVariables = state.activations[place].variables
            remove(key)
            markCompleted(index)
            state.lifecycle = .completed
            outputs.append(.completed)
        case .process: returnFromCall(place, index)
        case .eventSubProcess:
            let activation = state.activations[place]
            remove(key)
            markCompleted(index)
            guard let parent = state.place(of: activation.parent) else { return }
            if state.activations[parent].state == .compensating {
                return finishCompensating(state.activations[parent])
            }
            record(activation, index, in: parent)
            consume(activation.parent)
        default: finish(key)
        }
    }

    private mutating func returnFromCall(_ place: Int, _ index: Int) {
        let process = state.activations[place]
        guard let call = state.place(of: process.parent) else { return }
        remove(process.key)
        markCompleted(index)
        let caller = element(at: call)
        if !process.records.isEmpty || model.elements[index].undoing >= 0 {
            state.activations[call].records.append(
                CompensationRecord(
                    element: Int32(index), handler: -1, variables: process.variables, nested: process.records))
        }
        if !model.elements[caller].outputs.isEmpty {
            state.activations[call].variables.merge(process.variables) { _, new in new }
        } else if model.elements[caller].copiesChildVariables {
            write(process.variables, from: state.activations[call].parent)
        }
        finish(state.activations[call].key)
    }
}

extension IncidentCause: Error {}
