import Kernel

/// A job within its instance. Keys are never reused in an instance.
public struct JobKey: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// 1 or more.
    public let rawValue: Int32
    public init(rawValue: Int32) { self.rawValue = rawValue }
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    public var description: String { String(rawValue) }
}

public struct IncidentKey: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let rawValue: Int32
    public init(rawValue: Int32) { self.rawValue = rawValue }
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    public var description: String { String(rawValue) }
}

/// Work that waits for a worker.
public struct Job: Sendable, Equatable {
    public let key: JobKey
    public let type: String
    public let elementID: String
    /// The task headers of the model.
    public let headers: [String: String]
    /// How often the modeler wants it tried; the host counts.
    public let retries: Int
    /// Every variable visible at the element, up to the process (root or called) that it belongs to.
    public let variables: [String: FEELValue]
}

/// A failure that the model has no answer to. The rest of the instance goes on; this place waits for a repair.
public struct Incident: Sendable, Equatable {
    public enum Kind: UInt8, Sendable {
        case jobFailed = 1
        /// An error that no boundary event or event sub-process catches.
        case unhandledError
        /// An expression gave no usable value.
        case expression
        /// No condition holds and there is no default flow.
        case noFlow
        /// More steps in one advance than the engine does without a wait.
        case endlessLoop
        /// Calls within calls deeper than the engine goes.
        case callDepth
    }
    public let key: IncidentKey
    public let kind: Kind
    public let elementID: String
    public let message: String
}

public struct MessageSubscription: Sendable, Equatable {
    public let name: String
    /// `nil` takes any key.
    public let key: FEELValue?
    public let elementID: String
}

public enum EngineInput: Sendable, Equatable {
    case completeJob(JobKey, variables: [String: FEELValue])
    /// A business error of the worker, for boundary events and error event sub-processes.
    case throwError(JobKey, code: String, variables: [String: FEELValue])
    /// A technical failure out of retries: an incident.
    case failJob(JobKey, message: String)
    case resolveIncident(IncidentKey)
    /// Goes to the oldest fitting subscription, to one only.
    case correlateMessage(name: String, key: FEELValue?, variables: [String: FEELValue])
    /// Everything that is due at `now`, in order of due times; bounded, see ``ProcessEngine/timersPerAdvance``.
    case timers
    /// Sets variables of the root scope.
    case setVariables([String: FEELValue])
    case terminate
}

public enum EngineOutput: Sendable, Equatable {
    case jobCreated(Job)
    case jobCancelled(JobKey, type: String, elementID: String)
    case incident(Incident)
    case elementEntered(String)
    case elementCompleted(String)
    case elementTerminated(String)
    case completed
    case terminated
}

/// Why an input cannot be applied. The instance is unchanged.
public enum EngineRejection: Rejection {
    case unknownJob(JobKey)
    case unknownIncident(IncidentKey)
    /// Nothing waits for this message now. The engine buffers none: the host tries again later, or drops it.
    case noSubscription(name: String, key: FEELValue?)
    case instanceEnded

    public var code: String {
        switch self {
        case .unknownJob: "unknown_job"
        case .unknownIncident: "unknown_incident"
        case .noSubscription: "no_subscription"
        case .instanceEnded: "instance_ended"
        }
    }

    public var detail: String {
        switch self {
        case .unknownJob(let key): "No job \(key) is waiting."
        case .unknownIncident(let key): "There is no incident \(key)."
        case .noSubscription(let name, let key):
            "Nothing waits for message '\(name)'\(key?.text.map { " with key \($0)" } ?? "")."
        case .instanceEnded: "The process instance has ended."
        }
    }
}
