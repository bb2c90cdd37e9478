/// Where variables are read and written.
extension Execution {
    func evaluate(_ expression: FEELExpression, at place: Int) -> FEELValue {
        expression.evaluate { state.value(of: $0, from: place, in: model) }
    }

    /// Writes each variable to the nearest scope outwards that has it, otherwise to the process.
    mutating func write(_ variables: [String: FEELValue], from key: Int32) {
        guard !variables.isEmpty, let start = state.place(of: key) else { return }
        for (name, value) in variables {
            var place = start
            while state.activations[place].variables[name] == nil,
                let outer = state.outerScope(of: place, in: model)
            {
                place = outer
            }
            state.activations[place].variables[name] = value
        }
    }

    mutating func mapInputs(_ place: Int, _ index: Int) throws(EvaluationFailure) {
        for mapping in model.elements[index].inputs {
            state.activations[place].variables[mapping.target] = evaluate(mapping.source, at: place)
        }
    }

    mutating func mapOutputs(_ place: Int, _ index: Int) throws(EvaluationFailure) {
        // A loop maps the outputs of each iteration, not of its body.
        guard state.activations[place].loop == nil else { return }
        for mapping in model.elements[index].outputs {
            write([mapping.target: evaluate(mapping.source, at: place)], from: state.activations[place].parent)
        }
    }
}
