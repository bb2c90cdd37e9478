import Kernel

/// Processes that begin by themselves: their start event is a timer. The host keeps the schedule; what it says is here.
///
/// - Source: BPMN 2.0.2, clause 10.5.2 (timer start events).
extension ProcessEngine {
    /// When a process with a timer start event begins for the first time.
    ///
    /// - Parameters:
    ///   - processID: one of ``CompiledModel/processIDs``; anything else is a bug of the caller.
    ///   - instant: when it was deployed; durations and cycles count from here.
    /// - Returns: `nil` for a process that does not begin with a timer.
    /// - Throws: ``StartScheduleFailure`` when the timer's expression gives no time: no variable exists yet.
    public func firstStart(
        processID: String, deployedAt instant: Instant
    ) throws(StartScheduleFailure) -> ScheduledStart? {
        guard let process = model.processIndex[processID] else {
            preconditionFailure("no executable process '\(processID)'")
        }
        guard let timer = model.elements[model.elements[process].start].timer else { return nil }
        do {
            let event = try Execution.schedule(timer, from: instant) { $0.evaluate { _ in .null } }
            guard case .timer(let due, let remaining, let interval) = event else { return nil }
            return ScheduledStart(dueAt: due, remaining: remaining, interval: interval)
        } catch {
            throw StartScheduleFailure(processID: processID, message: error.message)
        }
    }
}

/// A start that a process is due for, and those after it.
public struct ScheduledStart: Sendable, Equatable {
    public let dueAt: Instant
    /// This one included; negative for ever.
    let remaining: Int32
    let interval: ISODuration

    /// The one after this; `nil` after the last.
    public var next: ScheduledStart? {
        guard remaining != 1, let due = interval.added(to: dueAt) else { return nil }
        return ScheduledStart(dueAt: due, remaining: remaining < 0 ? -1 : remaining - 1, interval: interval)
    }
}

/// The timer of a start event gives no time.
public struct StartScheduleFailure: Error, Equatable {
    public let processID: String
    public let message: String
}
