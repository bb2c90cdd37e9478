import Kernel

/// Executes compiled processes: a pure function from instance, input and time to instance and outputs.
///
/// The same inputs give the same instances and outputs, on every platform. Outputs are in the order in which things
/// happened.
///
/// Variables: what a job, message or script returns is written to the nearest enclosing scope that already has a
/// variable of that name, otherwise to the process, root or called, that it happened in. With output mappings only the
/// mapped values are written. A called process sees what its call activity passes on and nothing else.
///
/// - Source: BPMN 2.0.2, chapter 13 (execution semantics).
public struct ProcessEngine: Sendable {
    /// Timers fired by one `.timers` input at most; the rest stay due.
    public static let timersPerAdvance = 1000
    /// Elements entered by one input at most; more is taken for an endless loop and becomes an incident.
    public static let stepsPerAdvance = 20_000
    /// Calls within calls.
    public static let callDepthMax = 64

    public let model: CompiledModel

    public init(model: CompiledModel) { self.model = model }

    /// Starts a process at its start event.
    ///
    /// - Parameters:
    ///   - processID: one of ``CompiledModel/processIDs``; anything else is a bug of the caller.
    ///   - variables: of the root scope.
    ///   - now: timers count from here.
    public func start(
        processID: String, variables: [String: FEELValue] = [:], now: Instant
    ) -> (ProcessInstance, [EngineOutput]) {
        guard let process = model.processIndex[processID] else {
            preconditionFailure("no executable process '\(processID)'")
        }
        var execution = Execution(model: model, state: InstanceState(), now: now)
        execution.startRoot(process, variables)
        return (ProcessInstance(model: model, state: execution.state), execution.outputs)
    }

    /// An instance of which no more is known than that it has ended.
    ///
    /// - Parameter processID: as for ``start(processID:variables:now:)``.
    public func ended(processID: String) -> ProcessInstance {
        guard let process = model.processIndex[processID] else {
            preconditionFailure("no executable process '\(processID)'")
        }
        var state = InstanceState()
        state.lifecycle = .completed
        state.process = Int32(process)
        return ProcessInstance(model: model, state: state)
    }

    /// Applies one input and runs until everything waits.
    ///
    /// - Throws: `EngineRejection`; the instance is then unchanged.
    /// - Complexity: O(steps × activations of the instance).
    public func advance(
        _ instance: inout ProcessInstance, _ input: EngineInput, now: Instant
    ) throws(EngineRejection) -> [EngineOutput] {
        precondition(
            instance.model.fingerprint == model.fingerprint,
            "instance of version \(instance.model.fingerprint), engine of \(model.fingerprint)")
        let accepted = try Self.accept(input, instance)
        // The state moves out and back in, so that nothing of it is copied.
        var state = InstanceState()
        swap(&state, &instance.state)
        var execution = Execution(model: model, state: state, now: now)
        state = InstanceState()
        execution.apply(input, accepted)
        swap(&execution.state, &instance.state)
        return execution.outputs
    }

    /// The index of what the input is for: an activation or a subscription.
    private static func accept(_ input: EngineInput, _ instance: ProcessInstance) throws(EngineRejection) -> Int {
        guard !instance.isEnded else { throw .instanceEnded }
        let state = instance.state
        switch input {
        case .completeJob(let key, _), .throwError(let key, _, _), .failJob(let key, _):
            guard let place = state.place(of: key.rawValue), state.activations[place].state == .job,
                state.activations[place].incident == nil
            else { throw .unknownJob(key) }
            return place
        case .resolveIncident(let key):
            guard let place = state.place(of: key.rawValue), state.activations[place].incident != nil else {
                throw .unknownIncident(key)
            }
            return place
        case .correlateMessage(let name, let key, _):
            let match = state.subscriptions.firstIndex { subscription in
                guard case .message(let wanted) = subscription.event,
                    instance.model.elements[Int(subscription.element)].message?.name == name
                else { return false }
                return wanted == nil || wanted == key
            }
            guard let match else { throw .noSubscription(name: name, key: key) }
            return match
        case .timers, .setVariables, .terminate: return 0
        }
    }
}
