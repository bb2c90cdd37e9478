/// A BPMN document as drawn: everything a drawing needs and everything the compiler reads. Not yet checked for
/// execution.
///
/// - Source: BPMN 2.0.2, chapters 7–10 and 12.
public struct ProcessModel: Sendable {
    public internal(set) var id = ""
    public internal(set) var name = ""
    /// In document order.
    public internal(set) var processes: [ProcessDefinition] = []
    /// All flow nodes of all processes at any depth, in document order; a node follows its container.
    public internal(set) var nodes: [FlowNode] = []
    public internal(set) var flows: [SequenceFlow] = []
    public internal(set) var participants: [Participant] = []
    public internal(set) var lanes: [Lane] = []
    public internal(set) var artifacts: [Artifact] = []
    /// Message flows, associations and data associations.
    public internal(set) var connections: [Connection] = []
    public internal(set) var messages: [String: MessageDefinition] = [:]
    /// Error codes by the id of the error; `nil` for an error without code.
    public internal(set) var errorCodes: [String: String?] = [:]
    public internal(set) var escalationCodes: [String: String?] = [:]
    public internal(set) var diagrams: [Diagram] = []
    /// A hash of the document's bytes: two documents with the same fingerprint are the same version.
    public internal(set) var fingerprint: UInt64 = 0
}

public struct ProcessDefinition: Sendable {
    public let id: String
    public let name: String
    /// `false` only when the document says so: such a process is drawn, never compiled.
    public let isExecutable: Bool
    public let line: Int
}

/// One pool.
public struct Participant: Sendable {
    public let id: String
    public let name: String
    /// `nil` for a black box.
    public let processID: String?
}

public struct Lane: Sendable {
    public let id: String
    public let name: String
}

/// Whatever is drawn and never executed.
public struct Artifact: Sendable {
    public enum Kind: String, Sendable {
        case textAnnotation, group, dataObjectReference, dataStoreReference, dataInput, dataOutput
    }
    public let id: String
    public let kind: Kind
    /// The annotation's text or the name.
    public let text: String
}

public struct Connection: Sendable {
    public enum Kind: String, Sendable { case messageFlow, association, dataAssociation }
    public let id: String
    public let kind: Kind
    public let name: String
    public let source: String
    public let target: String
    /// For associations: the arrow points at the target.
    public let isDirected: Bool
    public let line: Int
}

public struct SequenceFlow: Sendable {
    public let id: String
    public let name: String
    public let source: String
    public let target: String
    /// The text of the condition as written.
    public let condition: String?
    public let line: Int
}

public struct MessageDefinition: Sendable {
    public let id: String
    public let name: String
    /// The FEEL text of `zeebe:subscription correlationKey`.
    public let correlationKey: String?
    public let line: Int
}

public enum FlowNodeKind: String, Sendable {
    case startEvent, endEvent, intermediateCatchEvent, intermediateThrowEvent, boundaryEvent
    case task, serviceTask, sendTask, receiveTask, userTask, manualTask, businessRuleTask, scriptTask
    case subProcess, transaction, adHocSubProcess, callActivity
    case exclusiveGateway, parallelGateway, inclusiveGateway, eventBasedGateway, complexGateway
    case choreographyTask, subChoreography

    /// Activities can be compensated, repeated and carry boundary events.
    public var isActivity: Bool {
        switch self {
        case .task, .serviceTask, .sendTask, .receiveTask, .userTask, .manualTask, .businessRuleTask, .scriptTask,
            .subProcess, .transaction, .adHocSubProcess, .callActivity:
            return true
        default: return false
        }
    }

    public var isEvent: Bool {
        switch self {
        case .startEvent, .endEvent, .intermediateCatchEvent, .intermediateThrowEvent, .boundaryEvent: return true
        default: return false
        }
    }

    public var isGateway: Bool {
        switch self {
        case .exclusiveGateway, .parallelGateway, .inclusiveGateway, .eventBasedGateway, .complexGateway: return true
        default: return false
        }
    }

    var isSubProcess: Bool { self == .subProcess || self == .transaction || self == .adHocSubProcess }
}

public struct EventDefinition: Sendable {
    public enum Kind: String, Sendable {
        case message, timer, error, escalation, signal, compensate, conditional, link, terminate, cancel
    }
    public enum Timer: Sendable, Equatable {
        case date(String)
        case duration(String)
        case cycle(String)
    }
    public let kind: Kind
    /// The id of the message, error, escalation or signal; the activity for compensation; the name for a link.
    public let reference: String?
    public let timer: Timer?
}

public struct LoopCharacteristics: Sendable {
    public enum Kind: Sendable { case standard, parallel, sequential }
    public let kind: Kind
    public let cardinality: String?
    public let completionCondition: String?
    public let inputCollection: String?
    public let inputElement: String?
    public let outputCollection: String?
    public let outputElement: String?
}

/// The extension elements of Camunda 8 (namespace `http://camunda.org/schema/zeebe/1.0`) of one element.
public struct ZeebeExtensions: Sendable {
    public struct Mapping: Sendable, Equatable {
        /// FEEL text, or a literal without a leading `=`.
        public let source: String
        public let target: String
    }
    public internal(set) var jobType: String?
    public internal(set) var jobRetries: String?
    public internal(set) var inputs: [Mapping] = []
    public internal(set) var outputs: [Mapping] = []
    public internal(set) var headers: [String: String] = [:]
    public internal(set) var properties: [String: String] = [:]
    public internal(set) var calledProcessID: String?
    public internal(set) var propagatesAllParentVariables = true
    public internal(set) var propagatesAllChildVariables: Bool?
    public internal(set) var scriptExpression: String?
    public internal(set) var scriptResult: String?
}

public struct FlowNode: Sendable {
    public let id: String
    public let name: String
    public let kind: FlowNodeKind
    /// The id of the process or sub-process that contains it.
    public let container: String
    public let line: Int
    public internal(set) var documentation = ""
    public internal(set) var events: [EventDefinition] = []
    /// Boundary events: the activity they sit on.
    public internal(set) var attachedTo: String?
    /// Boundary events and start events of event sub-processes.
    public internal(set) var isInterrupting = true
    public internal(set) var defaultFlow: String?
    public internal(set) var loop: LoopCharacteristics?
    public internal(set) var isForCompensation = false
    public internal(set) var isTriggeredByEvent = false
    public internal(set) var isParallelEventGateway = false
    public internal(set) var calledElement: String?
    /// Receive and send tasks: the message's id.
    public internal(set) var messageReference: String?
    public internal(set) var zeebe = ZeebeExtensions()
}

/// Diagram interchange: where things are drawn, in the document's own units (pixels at 96 dpi by convention).
///
/// - Source: BPMN 2.0.2, chapter 12.
public struct Diagram: Sendable {
    public struct Bounds: Sendable, Equatable {
        public let x: Double
        public let y: Double
        public let width: Double
        public let height: Double
    }
    public struct Point: Sendable, Equatable {
        public let x: Double
        public let y: Double
    }
    public struct Shape: Sendable {
        public let element: String
        public let bounds: Bounds
        public let isHorizontal: Bool
        public let isExpanded: Bool
        public let label: Bounds?
    }
    public struct Edge: Sendable {
        public let element: String
        /// Two or more.
        public let waypoints: [Point]
        public let label: Bounds?
    }
    public let id: String
    public let name: String
    public internal(set) var shapes: [Shape] = []
    public internal(set) var edges: [Edge] = []
}
