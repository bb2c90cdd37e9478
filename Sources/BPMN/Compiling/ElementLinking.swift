/// Ties elements to one another: starts, boundary events, event sub-processes, compensation handlers, called processes,
/// links.
extension ModelCompiler {
    mutating func link() {
        for place in elements.indices {
            guard let node = nodes[place] else { continue }
            switch elements[place].operation {
            case .boundary: linkBoundary(place, node)
            case .callActivity: linkCalled(place, node)
            case .compensationThrow: linkCompensated(place, node)
            case .passEvent where node.kind == .startEvent: linkStart(place, node)
            case .eventStart: linkEventStart(place, node)
            case .passEvent where node.kind == .intermediateThrowEvent: linkThrownLink(place, node)
            default: break
            }
        }
    }

    private mutating func linkBoundary(_ place: Int, _ node: FlowNode) {
        guard let id = node.attachedTo, let activity = index[id], elements[activity].isActivity,
            elements[activity].container == elements[place].container
        else { return refuse(.structure, node, "boundary event '\(node.id)' is attached to no activity beside it") }
        guard elements[place].trigger == .compensation else {
            if elements[activity].isHandler {
                return unsupported(node, "boundary event on a compensation handler")
            }
            if elements[place].trigger == .error { elements[place].isInterrupting = true }
            elements[activity].boundaries.append(place)
            return
        }
        let targets = model.connections.filter { $0.kind == .association && $0.source == node.id }
        guard let target = targets.compactMap({ index[$0.target] }).first, elements[target].isHandler,
            elements[target].container == elements[place].container
        else {
            return refuse(
                .structure, node,
                "compensation event '\(node.id)' has no association with an activity that is for compensation")
        }
        guard elements[activity].handler < 0 else {
            return refuse(.structure, node, "'\(id)' has more than one compensation handler")
        }
        elements[activity].handler = target
    }

    private mutating func linkCalled(_ place: Int, _ node: FlowNode) {
        guard let id = node.zeebe.calledProcessID ?? node.calledElement, !id.isEmpty else {
            return refuse(.structure, node, "call activity '\(node.id)' names no process")
        }
        guard !id.hasPrefix("=") else { return unsupported(node, "called process as an expression") }
        guard let process = processes[id] else {
            return refuse(
                .structure, node, "call activity '\(node.id)' calls '\(id)', which is no executable process here")
        }
        elements[place].called = process
    }

    private mutating func linkCompensated(_ place: Int, _ node: FlowNode) {
        guard let id = node.events.first?.reference else { return }
        guard let activity = index[id] else {
            return refuse(.structure, node, "'\(node.id)' compensates '\(id)', which is no activity")
        }
        elements[place].compensated = activity
    }

    private mutating func linkStart(_ place: Int, _ node: FlowNode) {
        let container = elements[place].container
        guard elements[container].operation != .eventSubProcess else {
            return refuse(.structure, node, "start event '\(node.id)' of an event sub-process waits for nothing")
        }
        guard elements[container].start < 0 else {
            return refuse(.structure, node, "'\(elements[container].id)' has more than one start event")
        }
        elements[container].start = place
    }

    private mutating func linkEventStart(_ place: Int, _ node: FlowNode) {
        let container = elements[place].container
        if elements[container].operation == .eventSubProcess {
            guard elements[container].start < 0 else {
                return refuse(.structure, node, "'\(elements[container].id)' has more than one start event")
            }
            elements[container].start = place
            if elements[place].trigger == .error { elements[place].isInterrupting = true }
            let scope = elements[container].container
            guard elements[place].trigger == .compensation else {
                return elements[scope].eventStarts.append(place)
            }
            guard elements[scope].undoing < 0 else {
                return refuse(
                    .structure, node, "'\(elements[scope].id)' has more than one compensation event sub-process")
            }
            elements[scope].undoing = container
        } else if elements[container].operation == .process,
            elements[place].trigger == .message || elements[place].trigger == .timer
        {
            guard elements[container].start < 0 else {
                return refuse(.structure, node, "'\(elements[container].id)' has more than one start event")
            }
            elements[container].start = place
        } else {
            unsupported(node, "\(elements[place].trigger) start event of a \(elements[container].operation)")
        }
    }

    private mutating func linkThrownLink(_ place: Int, _ node: FlowNode) {
        guard let event = node.events.first, event.kind == .link else { return }
        let target = nodes.firstIndex { other in
            other?.kind == .intermediateCatchEvent && other?.container == node.container
                && other?.events.first?.kind == .link && other?.events.first?.reference == event.reference
        }
        guard let target else {
            return refuse(.structure, node, "link '\(node.id)' leads nowhere: no catching link of that name")
        }
        elements[place].outgoing = [flows.count]
        elements[target].incoming.append(flows.count)
        flows.append(CompiledFlow(id: node.id, source: place, target: target, condition: nil))
    }
}
