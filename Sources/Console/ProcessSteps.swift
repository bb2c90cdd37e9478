import BPMN

/// The steps at which tokens stand, in words: what the diagram shows, for those who cannot see it or have little room.
struct ProcessSteps {
    let model: ProcessModel

    /// Elements with tokens in the model's order, without those that only contain others.
    func list(_ tokens: [String: Int]) -> [(name: String, count: Int)] {
        let containers = Set(model.nodes.map(\.container))
        return model.nodes.compactMap { node in
            guard let count = tokens[node.id], count > 0 else { return nil }
            if containers.contains(node.id) || node.kind == .callActivity { return nil }
            return (name(node), count)
        }
    }

    /// The name of an element; an unnamed gateway is called after what may follow.
    func name(_ id: String) -> String { model.nodes.first { $0.id == id }.map(name) ?? id }

    private func name(_ node: FlowNode) -> String {
        if !node.name.isEmpty { return node.name }
        let next = model.flows.filter { $0.source == node.id }.compactMap { flow in
            model.nodes.first { $0.id == flow.target }?.name
        }.filter { !$0.isEmpty }
        return next.isEmpty ? node.id : "Waits for " + next.map { $0.lowercased() }.joined(separator: " or ")
    }
}
