/// Turns the executable processes of a model into flat arrays, collecting every problem on the way.
struct ModelCompiler {
    let model: ProcessModel
    var problems: [LoadError] = []
    var elements: [CompiledElement] = []
    var flows: [CompiledFlow] = []
    var index: [String: Int] = [:]
    var processes: [String: Int] = [:]
    /// By element.
    var lines: [Int] = []
    /// The nodes by element; `nil` for processes.
    var nodes: [FlowNode?] = []

    init(_ model: ProcessModel) { self.model = model }

    mutating func compile() {
        for process in model.processes where process.isExecutable {
            processes[process.id] = add(CompiledElement(id: process.id, operation: .process), process.line, nil)
        }
        if processes.isEmpty { problems.append(LoadError(.structure, "no process is executable")) }
        // A node follows its container, so containers are known when their nodes come.
        for node in model.nodes where index[node.container] != nil { compileNode(node) }
        for flow in model.flows { compileFlow(flow) }
        guard problems.isEmpty else { return }
        link()
        guard problems.isEmpty else { return }
        checkStructure()
        if problems.isEmpty { findUpstreams() }
    }

    private mutating func add(_ element: CompiledElement, _ line: Int, _ node: FlowNode?) -> Int {
        index[element.id] = elements.count
        elements.append(element)
        lines.append(line)
        nodes.append(node)
        return elements.count - 1
    }

    mutating func refuse(_ kind: LoadError.Kind, _ node: FlowNode, _ message: String) {
        problems.append(LoadError(kind, element: node.id, line: node.line, message))
    }

    mutating func unsupported(_ node: FlowNode, _ what: String) {
        refuse(.unsupported, node, "element '\(node.id)' (\(what))")
    }

    // MARK: Nodes

    private mutating func compileNode(_ node: FlowNode) {
        guard let operation = operation(of: node) else { return }
        var element = CompiledElement(id: node.id, operation: operation)
        element.container = index[node.container] ?? -1
        element.isActivity = node.kind.isActivity && !node.isTriggeredByEvent
        element.isEnd = node.kind == .endEvent
        element.isHandler = node.isForCompensation
        element.isInterrupting = node.isInterrupting
        element.isPivot = node.zeebe.properties["pivot"] == "true"
        element.inputs = mappings(node.zeebe.inputs, node)
        element.outputs = mappings(node.zeebe.outputs, node)
        element.loop = loop(of: node)
        if operation == .job { element.job = job(of: node) }
        if operation == .receive { element.message = message(node.messageReference, node) }
        if operation == .script {
            element.script = feel(node.zeebe.scriptExpression ?? "", node, "script")
            element.scriptResult = node.zeebe.scriptResult
        }
        if operation == .callActivity {
            element.copiesParentVariables = node.zeebe.propagatesAllParentVariables
            element.copiesChildVariables = node.zeebe.propagatesAllChildVariables ?? node.zeebe.outputs.isEmpty
        }
        if let event = node.events.first, node.kind.isEvent { compileEvent(event, node, &element) }
        _ = add(element, node.line, node)
    }

    private mutating func compileEvent(_ event: EventDefinition, _ node: FlowNode, _ element: inout CompiledElement) {
        switch event.kind {
        case .message:
            element.trigger = .message
            if element.operation != .job { element.message = message(event.reference, node) }
        case .timer:
            element.trigger = .timer
            element.timer = timer(event, node)
        case .error:
            element.trigger = .error
            element.code = event.reference.flatMap { model.errorCodes[$0] ?? nil }
            if element.operation == .errorEnd, element.code == nil {
                refuse(.structure, node, "error end event '\(node.id)' has no error code")
            }
            if event.reference != nil, element.code == nil {
                refuse(.structure, node, "the error of '\(node.id)' has no code")
            }
        case .escalation:
            element.trigger = .escalation
            element.code = event.reference.flatMap { model.escalationCodes[$0] ?? nil }
            if element.operation == .escalationThrow, element.code == nil {
                refuse(.structure, node, "escalation event '\(node.id)' has no escalation code")
            }
        case .compensate: element.trigger = .compensation
        default: break
        }
    }

    private mutating func compileFlow(_ flow: SequenceFlow) {
        guard let source = index[flow.source], let target = index[flow.target] else {
            // Flows of processes that are only drawn have neither end compiled; refused nodes are reported already.
            return
        }
        func wrong(_ message: String) {
            problems.append(LoadError(.structure, element: flow.id, line: flow.line, message))
        }
        guard nodes[source] != nil, nodes[target] != nil, elements[source].container == elements[target].container
        else {
            return wrong("sequence flow '\(flow.id)' crosses the border of a process or sub-process")
        }
        var condition: FEELExpression?
        if let text = flow.condition {
            do {
                condition = try FEELExpression(Self.withoutEquals(text))
            } catch {
                problems.append(
                    LoadError(
                        .expression, element: flow.id, line: flow.line, "condition of '\(flow.id)': \(error)"))
            }
        }
        elements[source].outgoing.append(flows.count)
        elements[target].incoming.append(flows.count)
        if condition != nil { elements[source].hasConditions = true }
        if nodes[source]?.defaultFlow == flow.id { elements[source].defaultFlow = flows.count }
        flows.append(CompiledFlow(id: flow.id, source: source, target: target, condition: condition))
    }
}
