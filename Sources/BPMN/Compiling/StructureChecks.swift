/// What must hold between elements before anything runs.
extension ModelCompiler {
    mutating func checkStructure() {
        for place in elements.indices {
            let element = elements[place]
            switch element.operation {
            case .process, .subProcess, .eventSubProcess:
                if element.start < 0 {
                    problems.append(
                        LoadError(
                            .structure, element: element.id, line: lines[place], "'\(element.id)' has no start event"))
                }
            default: break
            }
            guard let node = nodes[place] else { continue }
            checkFlows(of: element, node)
            if let id = node.defaultFlow, element.defaultFlow < 0 {
                refuse(.structure, node, "the default flow '\(id)' does not leave '\(node.id)'")
            }
            if element.operation == .eventBased { checkEventGateway(element, node) }
        }
    }

    private mutating func checkFlows(of element: CompiledElement, _ node: FlowNode) {
        let isSource =
            node.kind == .startEvent || node.kind == .boundaryEvent || node.isTriggeredByEvent
            || element.isHandler || (node.kind == .intermediateCatchEvent && node.events.first?.kind == .link)
        if isSource, !element.incoming.isEmpty, node.events.first?.kind != .link {
            refuse(.structure, node, "'\(node.id)' must have no incoming sequence flow")
        }
        if !isSource, element.incoming.isEmpty {
            refuse(.structure, node, "'\(node.id)' has no incoming sequence flow")
        }
        let isSink = element.isEnd || element.isHandler || node.isTriggeredByEvent
        if isSink, !element.outgoing.isEmpty {
            refuse(.structure, node, "'\(node.id)' must have no outgoing sequence flow")
        }
        let isFollowed = node.kind == .startEvent || (node.kind == .boundaryEvent && element.trigger != .compensation)
        if isFollowed, element.outgoing.isEmpty {
            refuse(.structure, node, "'\(node.id)' has no outgoing sequence flow")
        }
        if element.isHandler, !elements.contains(where: { $0.handler == index[node.id] }) {
            refuse(.structure, node, "compensation handler '\(node.id)' belongs to no compensation event")
        }
        checkConditions(of: element, node)
    }

    private mutating func checkConditions(of element: CompiledElement, _ node: FlowNode) {
        let open = element.outgoing.filter { flows[$0].condition == nil && $0 != element.defaultFlow }
        switch element.operation {
        case .exclusive, .inclusive:
            if element.outgoing.count > 1, let flow = open.first {
                refuse(.structure, node, "flow '\(flows[flow].id)' of gateway '\(node.id)' has no condition")
            }
        case .parallel, .eventBased:
            if element.hasConditions { refuse(.structure, node, "gateway '\(node.id)' must have no conditions") }
        default:
            if element.hasConditions, open.isEmpty, element.defaultFlow < 0 {
                refuse(.structure, node, "'\(node.id)' has only conditional flows and no default")
            }
        }
    }

    private mutating func checkEventGateway(_ element: CompiledElement, _ node: FlowNode) {
        if element.outgoing.count < 2 {
            refuse(.structure, node, "event gateway '\(node.id)' has nothing to choose from")
        }
        for flow in element.outgoing {
            let target = elements[flows[flow].target]
            guard target.operation == .catchEvent || (target.operation == .receive && target.loop == nil) else {
                refuse(.structure, node, "'\(target.id)' after event gateway '\(node.id)' does not wait for an event")
                continue
            }
            if target.incoming.count > 1 {
                refuse(
                    .structure, node, "'\(target.id)' after event gateway '\(node.id)' is reached by other flows too")
            }
        }
    }

    /// For each incoming flow of each inclusive join: the elements from which a token could still come through it.
    mutating func findUpstreams() {
        for place in elements.indices where elements[place].operation == .inclusive {
            guard elements[place].incoming.count > 1 else { continue }
            elements[place].upstream = elements[place].incoming.map { flow in
                var found: Set<Int> = [flows[flow].source]
                var pending = [flows[flow].source]
                while let current = pending.popLast() {
                    if current == place { continue }
                    var before = elements[current].incoming.map { flows[$0].source }
                    if elements[current].operation == .boundary, let id = nodes[current]?.attachedTo,
                        let host = index[id]
                    {
                        before.append(host)
                    }
                    for source in before where found.insert(source).inserted { pending.append(source) }
                }
                found.remove(place)
                return found
            }
        }
    }
}
