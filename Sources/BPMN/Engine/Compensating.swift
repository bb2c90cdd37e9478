/// Undoes completed activities in reverse order of their completion, one after the other, each once.
///
/// A compensation event undoes what completed in its own scope, and in the scopes around it as far as they are reached
/// through event sub-processes. Completed sub-processes and called processes are undone from within, with the variables
/// that they ended with; where they have a compensation event sub-process, that decides how, and what completed in them
/// is undone only as far as it throws compensation itself.
///
/// - Source: BPMN 2.0.2, clauses 10.7 and 13.5.5.
extension Execution {
    mutating func startCompensation(_ index: Int, _ scope: Int32) {
        outputs.append(.elementEntered(model.elements[index].id))
        let place = activate(index, in: scope, .compensating)
        let key = state.activations[place].key
        state.activations[place].records = takeRecords(for: model.elements[index].compensated, from: scope)
        queue.append(.compensate(key))
    }

    /// Takes the records out of their scopes, so that nothing is undone twice.
    private mutating func takeRecords(for activity: Int, from scope: Int32) -> [CompensationRecord] {
        var taken: [CompensationRecord] = []
        var current = state.place(of: scope)
        while let place = current {
            let records = state.activations[place].records
            taken = records.filter { activity < 0 || Int($0.element) == activity } + taken
            state.activations[place].records = activity < 0 ? [] : records.filter { Int($0.element) != activity }
            guard model.elements[element(at: place)].operation == .eventSubProcess else { break }
            current = state.place(of: state.activations[place].parent)
        }
        return taken
    }

    mutating func compensate(_ key: Int32) {
        guard let place = state.place(of: key) else { return }
        let activation = state.activations[place]
        guard let record = activation.records.last else { return finishCompensating(activation) }
        if record.handler >= 0 {
            let handler = Int(record.handler)
            outputs.append(.elementEntered(model.elements[handler].id))
            let started = activate(handler, in: key, .entering)
            state.activations[started].variables = record.variables
            begin(state.activations[started].key)
        } else {
            let inner = activate(Int(record.element), in: key, .compensating)
            state.activations[inner].records = record.nested
            state.activations[inner].variables = record.variables
            let undoing = isLoop(record) ? -1 : model.elements[Int(record.element)].undoing
            guard undoing >= 0 else { return queue.append(.compensate(state.activations[inner].key)) }
            outputs.append(.elementEntered(model.elements[undoing].id))
            openScope(activate(undoing, in: state.activations[inner].key, .scope))
        }
    }

    /// Whether a record is of a multi-instance activity as a whole, with the iterations in it.
    private func isLoop(_ record: CompensationRecord) -> Bool {
        record.nested.contains { $0.element == record.element }
    }

    mutating func finishCompensating(_ activation: Activation) {
        let index = Int(activation.element)
        remove(activation.key)
        guard model.elements[index].operation == .compensationThrow else {
            return finishCompensation(of: activation.parent)
        }
        markCompleted(index)
        leave(index, activation.parent)
    }

    /// The last record of a compensation is undone; on to the one before.
    mutating func finishCompensation(of key: Int32) {
        guard let place = state.place(of: key) else { return }
        state.activations[place].records.removeLast()
        queue.append(.compensate(key))
    }

    /// What an interrupted compensation had not undone yet goes back to the scope, for whoever undoes it next.
    mutating func giveBackRecords(of place: Int) {
        let activation = state.activations[place]
        guard activation.state == .compensating, let parent = state.place(of: activation.parent) else { return }
        if state.activations[parent].state == .compensating {
            let last = state.activations[parent].records.count - 1
            state.activations[parent].records[last].nested = activation.records
            return
        }
        var scope = parent
        while model.elements[element(at: scope)].operation == .eventSubProcess,
            let outer = state.place(of: state.activations[scope].parent)
        {
            scope = outer
        }
        state.activations[scope].records += activation.records
    }
}
