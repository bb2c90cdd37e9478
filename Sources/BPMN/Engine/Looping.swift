/// Multi-instance activities: a body that contains the iterations.
///
/// - Source: BPMN 2.0.2, clause 13.3.7.
extension Execution {
    /// Iterations of one activity at most.
    static let iterationsMax = 10_000

    mutating func beginLoop(_ key: Int32) throws(EvaluationFailure) {
        guard let place = state.place(of: key), let loop = model.elements[element(at: place)].loop else { return }
        let items = try items(of: loop, at: place)
        try openLoopBoundaries(place)
        state.activations[place].state = .loop
        state.activations[place].loop = LoopProgress(
            items: items, next: 0, completed: 0,
            outputs: loop.outputCollection == nil ? [] : Array(repeating: .null, count: items.count))
        if items.isEmpty { return finish(key) }
        let count = loop.isSequential ? 1 : items.count
        for _ in 0..<count { queue.append(.iterate(key)) }
    }

    private mutating func openLoopBoundaries(_ place: Int) throws(EvaluationFailure) {
        let key = state.activations[place].key
        for boundary in model.elements[element(at: place)].boundaries { try subscribe(key, boundary) }
    }

    private func items(of loop: CompiledLoop, at place: Int) throws(EvaluationFailure) -> [FEELValue] {
        if let collection = loop.collection {
            guard case .list(let items) = evaluate(collection, at: place) else {
                throw EvaluationFailure(message: "the collection '\(collection)' is no list")
            }
            guard items.count <= Self.iterationsMax else {
                throw EvaluationFailure(message: "\(items.count) iterations, at most \(Self.iterationsMax)")
            }
            return items
        }
        guard let cardinality = loop.cardinality else { return [] }
        guard case .integer(let count) = evaluate(cardinality, at: place),
            (0...Int64(Self.iterationsMax)).contains(count)
        else {
            throw EvaluationFailure(
                message: "the cardinality '\(cardinality)' is no number up to \(Self.iterationsMax)")
        }
        return (0..<count).map { .integer($0 + 1) }
    }

    mutating func iterate(_ key: Int32) {
        guard let place = state.place(of: key), let progress = state.activations[place].loop,
            Int(progress.next) < progress.items.count
        else { return }
        let index = element(at: place)
        let turn = Int(progress.next)
        state.activations[place].loop?.next += 1
        state.activations[place].tokens += 1
        var variables: [String: FEELValue] = ["loopCounter": .integer(Int64(turn) + 1)]
        if let name = model.elements[index].loop?.element { variables[name] = progress.items[turn] }
        outputs.append(.elementEntered(model.elements[index].id))
        let iteration = activate(index, in: key, .entering)
        state.activations[iteration].flow = Int32(turn)
        state.activations[iteration].variables = variables
        begin(state.activations[iteration].key)
    }

    mutating func finishIteration(_ iteration: Activation, of key: Int32) {
        guard let place = state.place(of: key), let loop = model.elements[element(at: place)].loop else { return }
        state.activations[place].tokens -= 1
        state.activations[place].loop?.completed += 1
        collect(loop, iteration, place)
        let count = state.activations[place].loop?.items.count ?? 0
        let completed = Int(state.activations[place].loop?.completed ?? 0)
        if completed == count || isEnough(loop, place, count, completed) {
            if state.activations[place].tokens > 0 { terminateChildren(of: key) }
            return finishLoop(key, loop)
        }
        if loop.isSequential { queue.append(.iterate(key)) }
    }

    private mutating func collect(_ loop: CompiledLoop, _ iteration: Activation, _ place: Int) {
        guard loop.outputCollection != nil, let expression = loop.outputElement else { return }
        let outer = state
        let value = expression.evaluate { name in
            iteration.variables[name] ?? outer.value(of: name, from: place, in: model)
        }
        state.activations[place].loop?.outputs[Int(iteration.flow)] = value
    }

    private func isEnough(_ loop: CompiledLoop, _ place: Int, _ count: Int, _ completed: Int) -> Bool {
        guard let condition = loop.completionCondition else { return false }
        let active = Int(state.activations[place].tokens)
        let value = condition.evaluate { name in
            switch name {
            case "numberOfInstances": return .integer(Int64(count))
            case "numberOfCompletedInstances": return .integer(Int64(completed))
            case "numberOfActiveInstances": return .integer(Int64(active))
            default: return state.value(of: name, from: place, in: model)
            }
        }
        return value == .boolean(true)
    }

    private mutating func finishLoop(_ key: Int32, _ loop: CompiledLoop) {
        guard let place = state.place(of: key) else { return }
        if let name = loop.outputCollection, let outputs = state.activations[place].loop?.outputs {
            write([name: .list(outputs)], from: state.activations[place].parent)
        }
        finish(key)
    }
}
