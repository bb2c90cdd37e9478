/// Reads BPMN 2.0 documents of any modeler: any namespace prefix; foreign extensions, lanes, data and artifacts are
/// tolerated.
///
/// - Source: BPMN 2.0.2, clause 15 (exchange formats).
extension ProcessModel {
    /// - Parameters:
    ///   - bytes: an XML document in UTF-8, UTF-16 or ISO-8859-1.
    ///   - limits: how much is read at most.
    /// - Throws: `LoadError` of the kinds `malformed`, `documentType`, `tooLarge`, `tooDeep`, `notBPMN`,
    ///   `duplicateID`, `missingAttribute`, `invalidValue` and `danglingReference`.
    /// - Complexity: O(n) in bytes.
    public init(xml bytes: [UInt8], limits: ReadLimits = ReadLimits()) throws(LoadError) {
        let root = try XMLTree.read(bytes, limits: limits)
        var reader = ModelReader()
        try reader.read(root)
        self = reader.model
        fingerprint = Self.fingerprint(of: bytes)
    }

    /// FNV-1a, 64 bits: stable over platforms and releases.
    private static func fingerprint(of bytes: [UInt8]) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return hash
    }
}

enum BPMNNamespace {
    static let model = "http://www.omg.org/spec/BPMN/20100524/MODEL"
    static let diagram = "http://www.omg.org/spec/BPMN/20100524/DI"
    static let zeebe = "http://camunda.org/schema/zeebe/1.0"
}

extension XMLNode {
    func elements(_ name: String, in namespace: String = BPMNNamespace.model) -> [XMLNode] {
        children.filter { $0.name == name && $0.namespace == namespace }
    }

    func first(_ name: String, in namespace: String = BPMNNamespace.model) -> XMLNode? {
        children.first { $0.name == name && $0.namespace == namespace }
    }

    /// The text without surrounding white space, `nil` when there is none.
    var trimmedText: String? {
        let characters = text.drop(while: \.isWhitespace)
        guard let end = characters.lastIndex(where: { !$0.isWhitespace }) else { return nil }
        return String(characters[...end])
    }

    func flag(_ name: String, default value: Bool) -> Bool {
        switch attributes[name] {
        case "true", "1": return true
        case "false", "0": return false
        default: return value
        }
    }
}

struct ModelReader {
    var model = ProcessModel()
    /// Every id of the document with its line: targets of references.
    var ids: [String: Int] = [:]
    /// References to check once everything is read.
    private var references: [(element: String, attribute: String, target: String, line: Int)] = []

    mutating func read(_ root: XMLNode) throws(LoadError) {
        guard root.name == "definitions", root.namespace == BPMNNamespace.model else {
            throw LoadError(.notBPMN, line: root.line, "the root element is '\(root.name)', not BPMN 2.0 definitions")
        }
        model.id = root.attributes["id"] ?? ""
        model.name = root.attributes["name"] ?? ""
        try collectIDs(root)
        for child in root.children where child.namespace == BPMNNamespace.model { try readRootElement(child) }
        try checkReferences()
        try readDiagrams(root)
    }

    private mutating func collectIDs(_ node: XMLNode) throws(LoadError) {
        // Identifiers of foreign extensions have rules of their own.
        let isOwn = node.namespace == BPMNNamespace.model
        if isOwn, let id = node.attributes["id"] {
            if let line = ids.updateValue(node.line, forKey: id) {
                throw LoadError(
                    .duplicateID, element: id, line: node.line, "'\(id)' was already used on line \(line)")
            }
        }
        for child in node.children where child.name != "extensionElements" { try collectIDs(child) }
    }

    private mutating func readRootElement(_ node: XMLNode) throws(LoadError) {
        switch node.name {
        case "process": try readProcess(node)
        case "collaboration": try readCollaboration(node)
        case "message":
            let id = try requireID(node)
            let subscription = node.first("extensionElements")?.first("subscription", in: BPMNNamespace.zeebe)
            model.messages[id] = MessageDefinition(
                id: id, name: node.attributes["name"] ?? "", correlationKey: subscription?.attributes["correlationKey"],
                line: node.line)
        case "error": model.errorCodes[try requireID(node)] = .some(node.attributes["errorCode"])
        case "escalation": model.escalationCodes[try requireID(node)] = .some(node.attributes["escalationCode"])
        default: break
        }
    }

    private mutating func readProcess(_ node: XMLNode) throws(LoadError) {
        let id = try requireID(node)
        model.processes.append(
            ProcessDefinition(
                id: id, name: node.attributes["name"] ?? "", isExecutable: node.flag("isExecutable", default: true),
                line: node.line))
        try readContainer(node, id: id)
    }

    private mutating func readCollaboration(_ node: XMLNode) throws(LoadError) {
        for child in node.children where child.namespace == BPMNNamespace.model {
            switch child.name {
            case "participant":
                let id = try requireID(child)
                let process = child.attributes["processRef"].map(resolve)
                // A pool may show a process of another document, so a process that is missing here is none.
                let known = process.flatMap { ids[$0] == nil ? nil : $0 }
                model.participants.append(
                    Participant(id: id, name: child.attributes["name"] ?? "", processID: known))
            case "messageFlow": try readConnection(child, .messageFlow)
            default: try readArtifact(child)
            }
        }
    }

    mutating func readContainer(_ node: XMLNode, id: String) throws(LoadError) {
        for child in node.children where child.namespace == BPMNNamespace.model {
            if let kind = FlowNodeKind(rawValue: child.name) {
                try readNode(child, kind: kind, container: id)
            } else if child.name == "sequenceFlow" {
                try readFlow(child)
            } else if child.name == "laneSet" {
                try readLanes(child)
            } else {
                try readArtifact(child)
            }
        }
    }

    private mutating func readFlow(_ node: XMLNode) throws(LoadError) {
        let id = try requireID(node)
        let source = try require("sourceRef", of: node)
        let target = try require("targetRef", of: node)
        refer(id, "sourceRef", source, node.line)
        refer(id, "targetRef", target, node.line)
        model.flows.append(
            SequenceFlow(
                id: id, name: node.attributes["name"] ?? "", source: resolve(source), target: resolve(target),
                condition: node.first("conditionExpression")?.trimmedText, line: node.line))
    }

    private mutating func readLanes(_ node: XMLNode) throws(LoadError) {
        for lane in node.elements("lane") {
            let id = try requireID(lane)
            model.lanes.append(Lane(id: id, name: lane.attributes["name"] ?? ""))
            for member in lane.elements("flowNodeRef") {
                if let target = member.trimmedText { refer(id, "flowNodeRef", target, member.line) }
            }
            for nested in lane.elements("childLaneSet") { try readLanes(nested) }
        }
    }

    mutating func readArtifact(_ node: XMLNode) throws(LoadError) {
        if let kind = Artifact.Kind(rawValue: node.name) {
            let text = node.first("text")?.trimmedText ?? node.attributes["name"] ?? ""
            model.artifacts.append(Artifact(id: try requireID(node), kind: kind, text: text))
        } else if node.name == "association" {
            try readConnection(node, .association)
        } else if node.name == "ioSpecification" {
            for child in node.children where child.attributes["id"] != nil { try readArtifact(child) }
        }
    }

    mutating func readConnection(_ node: XMLNode, _ kind: Connection.Kind) throws(LoadError) {
        let id = try requireID(node)
        let source = try require("sourceRef", of: node)
        let target = try require("targetRef", of: node)
        refer(id, "sourceRef", source, node.line)
        refer(id, "targetRef", target, node.line)
        let direction = node.attributes["associationDirection"]
        model.connections.append(
            Connection(
                id: id, kind: kind, name: node.attributes["name"] ?? "", source: resolve(source),
                target: resolve(target), isDirected: direction == "One" || direction == "Both", line: node.line))
    }

    // MARK: References

    mutating func refer(_ element: String, _ attribute: String, _ target: String, _ line: Int) {
        references.append((element, attribute, target, line))
    }

    /// References are qualified names: `tns:id` means `id` where nothing has the full text as its id.
    func resolve(_ reference: String) -> String {
        if ids[reference] != nil { return reference }
        guard let colon = reference.firstIndex(of: ":") else { return reference }
        let local = String(reference[reference.index(after: colon)...])
        return ids[local] == nil ? reference : local
    }

    private func checkReferences() throws(LoadError) {
        for reference in references where ids[resolve(reference.target)] == nil {
            throw LoadError(
                .danglingReference, element: reference.element, line: reference.line,
                "\(reference.attribute) of '\(reference.element)' names '\(reference.target)', which does not exist")
        }
    }

    func requireID(_ node: XMLNode) throws(LoadError) -> String { try require("id", of: node) }

    func require(_ attribute: String, of node: XMLNode) throws(LoadError) -> String {
        if let value = node.attributes[attribute], !value.isEmpty { return value }
        throw LoadError(
            .missingAttribute, element: node.attributes["id"], line: node.line,
            "\(node.name) '\(node.attributes["id"] ?? "")' has no \(attribute)")
    }
}
