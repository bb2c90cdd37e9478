import Kernel

/// One element that is active: it waits, or it contains what waits. Activations form a tree by their parents; a
/// parent's key is always smaller.
struct Activation: Sendable, Equatable {
    enum State: UInt8, Sendable {
        /// Not yet begun: an expression failed on the way in.
        case entering
        case job
        /// A receive task, a catch event or an event-based gateway: its subscriptions say for what.
        case waiting
        /// A token at a join.
        case joining
        /// A process, sub-process, event sub-process or call activity: contains tokens.
        case scope
        /// The body of a multi-instance activity: contains its iterations.
        case loop
        /// A compensation event, or a scope whose inner activities it compensates: `records` are still to be undone.
        case compensating
        /// Done, but an expression failed on the way out.
        case completing
        /// Completed, but no outgoing flow can be taken.
        case leaving
        /// A token before an element that could not be entered or decided.
        case blocked
    }

    let key: Int32
    let element: Int32
    let parent: Int32
    var state: State
    /// Tokens within a scope, moving ones too; running iterations of a loop.
    var tokens: Int32 = 0
    /// Joins: the flow by which the token came.
    var flow: Int32 = -1
    /// An interrupting event sub-process has taken over this scope.
    var isInterrupted = false
    var variables: [String: FEELValue] = [:]
    /// What completed in this scope and can be compensated, oldest first.
    var records: [CompensationRecord] = []
    var loop: LoopProgress?
    var incident: IncidentCause?
}

/// A completed activity that can still be undone.
struct CompensationRecord: Sendable, Equatable {
    /// The activity, or the called process.
    let element: Int32
    /// -1 when not the activity itself but what completed within it is undone.
    let handler: Int32
    /// As they were when it completed.
    let variables: [String: FEELValue]
    var nested: [CompensationRecord]
}

struct LoopProgress: Sendable, Equatable {
    let items: [FEELValue]
    var next: Int32
    var completed: Int32
    var outputs: [FEELValue]
}

struct IncidentCause: Sendable, Equatable {
    let kind: Incident.Kind
    let message: String
}

struct Subscription: Sendable, Equatable {
    enum Event: Sendable, Equatable {
        case message(key: FEELValue?)
        /// `remaining` counts this firing too; -1 means for ever.
        case timer(due: Instant, remaining: Int32, interval: ISODuration)
    }
    let key: Int32
    /// The activation that is interrupted, continued or extended by the event.
    let owner: Int32
    /// The event or receive task.
    let element: Int32
    var event: Event
}

struct InstanceState: Sendable, Equatable {
    enum Lifecycle: UInt8, Sendable { case running, completed, terminated }

    var lifecycle = Lifecycle.running
    var process: Int32 = -1
    var lastKey: Int32 = 0
    /// By key.
    var activations: [Activation] = []
    /// By key.
    var subscriptions: [Subscription] = []
    /// End events reached in the root process, in order.
    var ends: [Int32] = []
    /// One bit per element that completed at least once.
    var completed: [UInt64] = []
    /// The root variables of an ended instance.
    var finalVariables: [String: FEELValue] = [:]

    /// - Complexity: O(log n).
    func place(of key: Int32) -> Int? {
        var low = 0
        var high = activations.count
        while low < high {
            let middle = (low + high) / 2
            if activations[middle].key < key { low = middle + 1 } else { high = middle }
        }
        return low < activations.count && activations[low].key == key ? low : nil
    }
}
