/// Joins of parallel and inclusive gateways.
///
/// - Source: BPMN 2.0.2, tables 13.1 (parallel) and 13.3 (inclusive).
extension Execution {
    mutating func joinParallel(_ index: Int, _ scope: Int32) {
        let incoming = model.elements[index].incoming
        var used: [Int32] = []
        for flow in incoming {
            let waiting = state.activations.first {
                $0.state == .joining && $0.parent == scope && $0.element == Int32(index) && $0.flow == Int32(flow)
            }
            guard let waiting else { return }
            used.append(waiting.key)
        }
        join(used, index, scope)
    }

    private mutating func join(_ used: [Int32], _ index: Int, _ scope: Int32) {
        for key in used { remove(key) }
        addTokens(1 - used.count, to: scope)
        outputs.append(.elementEntered(model.elements[index].id))
        markCompleted(index)
        leave(index, scope)
    }

    /// Called when nothing moves: lets the inclusive joins go for which no further token can come.
    mutating func releaseInclusiveJoins() {
        var seen: Set<[Int32]> = []
        for waiting in state.activations where waiting.state == .joining {
            let index = Int(waiting.element)
            guard model.elements[index].operation == .inclusive,
                seen.insert([waiting.parent, waiting.element]).inserted
            else { continue }
            let here = state.activations.filter {
                $0.state == .joining && $0.parent == waiting.parent && $0.element == waiting.element
            }
            guard !canReceiveMore(index, waiting.parent, here) else { continue }
            var used: [Int32] = []
            for flow in model.elements[index].incoming {
                if let first = here.first(where: { $0.flow == Int32(flow) }) { used.append(first.key) }
            }
            // One join at a time: it may send tokens toward another.
            return join(used, index, waiting.parent)
        }
    }

    /// Whether a token elsewhere in the scope can reach a flow that is still empty, and none that has a token.
    private func canReceiveMore(_ index: Int, _ scope: Int32, _ here: [Activation]) -> Bool {
        let incoming = model.elements[index].incoming
        let arrived = Set(here.map(\.flow))
        var toEmpty: Set<Int> = []
        var toFull: Set<Int> = []
        for (flow, upstream) in zip(incoming, model.elements[index].upstream) {
            if arrived.contains(Int32(flow)) { toFull.formUnion(upstream) } else { toEmpty.formUnion(upstream) }
        }
        return state.activations.contains { token in
            token.parent == scope && Int(token.element) != index && toEmpty.contains(Int(token.element))
                && !toFull.contains(Int(token.element))
        }
    }
}
