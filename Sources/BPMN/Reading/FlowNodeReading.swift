/// Flow nodes: events, activities and gateways with their definitions and extensions.
extension ModelReader {
    mutating func readNode(_ node: XMLNode, kind: FlowNodeKind, container: String) throws(LoadError) {
        let id = try requireID(node)
        var result = FlowNode(
            id: id, name: node.attributes["name"] ?? "", kind: kind, container: container, line: node.line)
        result.documentation = node.first("documentation")?.trimmedText ?? ""
        result.attachedTo = node.attributes["attachedToRef"].map(resolve)
        result.isInterrupting = node.flag(kind == .boundaryEvent ? "cancelActivity" : "isInterrupting", default: true)
        result.defaultFlow = node.attributes["default"].map(resolve)
        result.isForCompensation = node.flag("isForCompensation", default: false)
        result.isTriggeredByEvent = node.flag("triggeredByEvent", default: false)
        result.isParallelEventGateway = node.attributes["eventGatewayType"] == "Parallel"
        result.calledElement = node.attributes["calledElement"]
        if kind == .receiveTask || kind == .sendTask {
            result.messageReference = node.attributes["messageRef"].map(resolve)
        }
        for attribute in ["attachedToRef", "default", "messageRef"] {
            if let target = node.attributes[attribute] { refer(id, attribute, target, node.line) }
        }
        for child in node.children where child.namespace == BPMNNamespace.model {
            if let event = try readEventDefinition(child, of: id) { result.events.append(event) }
        }
        result.loop = readLoop(node)
        if let extensions = node.first("extensionElements") { readZeebe(extensions, into: &result.zeebe) }
        model.nodes.append(result)
        try readData(node)
        if kind.isSubProcess || kind == .subChoreography { try readContainer(node, id: id) }
    }

    private mutating func readData(_ node: XMLNode) throws(LoadError) {
        for child in node.children where child.namespace == BPMNNamespace.model {
            guard child.name == "dataInputAssociation" || child.name == "dataOutputAssociation",
                let id = child.attributes["id"]
            else { continue }
            let source = child.first("sourceRef")?.trimmedText ?? ""
            let target = child.first("targetRef")?.trimmedText ?? ""
            model.connections.append(
                Connection(
                    id: id, kind: .dataAssociation, name: "", source: source, target: target, isDirected: true,
                    line: child.line))
        }
    }

    private mutating func readEventDefinition(_ node: XMLNode, of owner: String) throws(LoadError) -> EventDefinition? {
        let suffix = "EventDefinition"
        guard node.name.hasSuffix(suffix) else { return nil }
        let name = String(node.name.dropLast(suffix.count))
        guard let kind = EventDefinition.Kind(rawValue: name) else {
            throw LoadError(.invalidValue, element: owner, line: node.line, "'\(node.name)' is no event definition")
        }
        var reference: String?
        switch kind {
        case .message, .error, .escalation, .signal:
            reference = node.attributes["\(name)Ref"]
        case .compensate: reference = node.attributes["activityRef"]
        case .link: reference = node.attributes["name"]
        default: break
        }
        if kind != .link, let target = reference { refer(owner, "\(name)Ref", target, node.line) }
        return EventDefinition(
            kind: kind, reference: kind == .link ? reference : reference.map(resolve), timer: readTimer(node))
    }

    private func readTimer(_ node: XMLNode) -> EventDefinition.Timer? {
        if let text = node.first("timeDate")?.trimmedText { return .date(text) }
        if let text = node.first("timeDuration")?.trimmedText { return .duration(text) }
        if let text = node.first("timeCycle")?.trimmedText { return .cycle(text) }
        return nil
    }

    private func readLoop(_ node: XMLNode) -> LoopCharacteristics? {
        if node.first("standardLoopCharacteristics") != nil {
            return LoopCharacteristics(
                kind: .standard, cardinality: nil, completionCondition: nil, inputCollection: nil, inputElement: nil,
                outputCollection: nil, outputElement: nil)
        }
        guard let loop = node.first("multiInstanceLoopCharacteristics") else { return nil }
        let zeebe = loop.first("extensionElements")?.first("loopCharacteristics", in: BPMNNamespace.zeebe)?.attributes
        return LoopCharacteristics(
            kind: loop.flag("isSequential", default: false) ? .sequential : .parallel,
            cardinality: loop.first("loopCardinality")?.trimmedText,
            completionCondition: loop.first("completionCondition")?.trimmedText,
            inputCollection: zeebe?["inputCollection"], inputElement: zeebe?["inputElement"],
            outputCollection: zeebe?["outputCollection"], outputElement: zeebe?["outputElement"])
    }

    private func readZeebe(_ extensions: XMLNode, into result: inout ZeebeExtensions) {
        for child in extensions.children where child.namespace == BPMNNamespace.zeebe {
            let attributes = child.attributes
            switch child.name {
            case "taskDefinition":
                result.jobType = attributes["type"]
                result.jobRetries = attributes["retries"]
            case "ioMapping":
                result.inputs = mappings(child, "input")
                result.outputs = mappings(child, "output")
            case "taskHeaders":
                for header in child.elements("header", in: BPMNNamespace.zeebe) {
                    if let key = header.attributes["key"] { result.headers[key] = header.attributes["value"] ?? "" }
                }
            case "properties":
                for property in child.elements("property", in: BPMNNamespace.zeebe) {
                    if let name = property.attributes["name"] {
                        result.properties[name] = property.attributes["value"] ?? ""
                    }
                }
            case "calledElement":
                result.calledProcessID = attributes["processId"]
                result.propagatesAllParentVariables = child.flag("propagateAllParentVariables", default: true)
                if attributes["propagateAllChildVariables"] != nil {
                    result.propagatesAllChildVariables = child.flag("propagateAllChildVariables", default: true)
                }
            case "script":
                result.scriptExpression = attributes["expression"]
                result.scriptResult = attributes["resultVariable"]
            default: break
            }
        }
    }

    private func mappings(_ node: XMLNode, _ name: String) -> [ZeebeExtensions.Mapping] {
        node.elements(name, in: BPMNNamespace.zeebe).map {
            ZeebeExtensions.Mapping(source: $0.attributes["source"] ?? "", target: $0.attributes["target"] ?? "")
        }
    }
}
