/// What the engine does for each kind of node, and what it refuses.
///
/// - Source: BPMN 2.0.2, tables 10.84–10.93 (events by position).
extension ModelCompiler {
    mutating func operation(of node: FlowNode) -> Operation? {
        if node.events.count > 1 {
            unsupported(node, "\(node.kind.rawValue) with \(node.events.count) event definitions")
            return nil
        }
        if node.kind.isEvent { return eventOperation(of: node) }
        switch node.kind {
        case .task, .manualTask: return .passActivity
        case .serviceTask, .sendTask, .userTask, .businessRuleTask: return .job
        case .scriptTask: return node.zeebe.scriptExpression == nil ? .job : .script
        case .receiveTask: return .receive
        case .subProcess: return node.isTriggeredByEvent ? .eventSubProcess : .subProcess
        case .callActivity: return .callActivity
        case .exclusiveGateway: return .exclusive
        case .parallelGateway: return .parallel
        case .inclusiveGateway: return .inclusive
        case .eventBasedGateway where !node.isParallelEventGateway: return .eventBased
        default:
            unsupported(node, node.kind.rawValue)
            return nil
        }
    }

    private mutating func eventOperation(of node: FlowNode) -> Operation? {
        let kind = node.events.first?.kind
        let isThrow = node.kind == .endEvent || node.kind == .intermediateThrowEvent
        switch (node.kind, kind) {
        case (.startEvent, nil), (.endEvent, nil), (.intermediateThrowEvent, nil): return .passEvent
        case (.startEvent, .message), (.startEvent, .timer), (.startEvent, .error), (.startEvent, .escalation),
            (.startEvent, .compensate):
            return .eventStart
        case (.intermediateCatchEvent, .message), (.intermediateCatchEvent, .timer): return .catchEvent
        case (.intermediateCatchEvent, .link), (.intermediateThrowEvent, .link): return .passEvent
        case (.boundaryEvent, .message), (.boundaryEvent, .timer), (.boundaryEvent, .error),
            (.boundaryEvent, .escalation),
            (.boundaryEvent, .compensate):
            return .boundary
        case (_, .message) where isThrow: return .job
        case (_, .escalation) where isThrow: return .escalationThrow
        case (_, .compensate) where isThrow: return .compensationThrow
        case (.endEvent, .terminate): return .terminateEnd
        case (.endEvent, .error): return .errorEnd
        default:
            unsupported(node, "\(kind?.rawValue ?? "none") \(node.kind.rawValue)")
            return nil
        }
    }
}
