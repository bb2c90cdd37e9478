import Kernel

/// One advance in progress: the state, what is still to be done, and what was put out.
struct Execution {
    enum Step {
        /// A token, already counted in its scope, arrives at an element.
        case enter(element: Int, scope: Int32, flow: Int)
        /// Undo the next record of a compensation.
        case compensate(Int32)
        /// Start the next iteration of a sequential loop.
        case iterate(Int32)
    }

    let model: CompiledModel
    var state: InstanceState
    let now: Instant
    var outputs: [EngineOutput] = []
    var queue: [Step] = []
    var head = 0
    var stepsLeft = ProcessEngine.stepsPerAdvance

    init(model: CompiledModel, state: InstanceState, now: Instant) {
        self.model = model
        self.state = state
        self.now = now
    }

    // MARK: Inputs

    mutating func startRoot(_ process: Int, _ variables: [String: FEELValue]) {
        state.process = Int32(process)
        state.completed = Array(repeating: 0, count: (model.elements.count + 63) / 64)
        let root = activate(process, in: 0, .scope)
        state.activations[root].variables = variables
        openScope(root)
        run()
    }

    /// - Parameter place: the activation or subscription that the input is for, already looked up.
    mutating func apply(_ input: EngineInput, _ place: Int) {
        switch input {
        case .completeJob(_, let variables): complete(place, variables)
        case .throwError(_, let code, let variables): throwJobError(place, code, variables)
        case .failJob(_, let message): raise(IncidentCause(kind: .jobFailed, message: message), at: place)
        case .resolveIncident: resolve(place)
        case .correlateMessage(_, _, let variables): trigger(state.subscriptions[place], variables)
        case .timers: fireTimers()
        case .setVariables(let variables):
            state.activations[0].variables.merge(variables) { _, new in new }
        case .terminate:
            terminate(state.activations[0].key)
            state.lifecycle = .terminated
            outputs.append(.terminated)
        }
        run()
    }

    // MARK: Running

    mutating func run() {
        repeat {
            while head < queue.count {
                let step = queue[head]
                head += 1
                stepsLeft -= 1
                if stepsLeft < 0 { stop(step) } else { perform(step) }
            }
            queue.removeAll(keepingCapacity: true)
            head = 0
            releaseInclusiveJoins()
        } while !queue.isEmpty
    }

    private mutating func perform(_ step: Step) {
        switch step {
        case .enter(let element, let scope, let flow): enter(element, scope, flow)
        case .compensate(let key): compensate(key)
        case .iterate(let key): iterate(key)
        }
    }

    /// Turns a step that must not be done any more into an incident from which it can be taken up again.
    private mutating func stop(_ step: Step) {
        let cause = IncidentCause(
            kind: .endlessLoop, message: "more than \(ProcessEngine.stepsPerAdvance) steps without a wait")
        switch step {
        case .enter(let element, let scope, let flow): block(element, scope, flow, cause)
        case .compensate(let key), .iterate(let key):
            if let place = state.place(of: key), state.activations[place].incident == nil { raise(cause, at: place) }
        }
    }

    // MARK: Activations

    /// - Returns: the place of the new activation, the last one.
    mutating func activate(_ element: Int, in scope: Int32, _ activationState: Activation.State) -> Int {
        state.lastKey += 1
        state.activations.append(
            Activation(key: state.lastKey, element: Int32(element), parent: scope, state: activationState))
        return state.activations.count - 1
    }

    func element(at place: Int) -> Int { Int(state.activations[place].element) }

    mutating func remove(_ key: Int32) {
        closeSubscriptions(of: key)
        if let place = state.place(of: key) { state.activations.remove(at: place) }
    }

    mutating func closeSubscriptions(of key: Int32) {
        if !state.subscriptions.isEmpty { state.subscriptions.removeAll { $0.owner == key } }
    }

    mutating func addTokens(_ count: Int, to scope: Int32) {
        if count != 0, let place = state.place(of: scope) { state.activations[place].tokens += Int32(count) }
    }

    mutating func markCompleted(_ element: Int) {
        state.completed[element / 64] |= 1 << UInt64(element % 64)
        outputs.append(.elementCompleted(model.elements[element].id))
    }

    // MARK: Incidents

    mutating func raise(_ cause: IncidentCause, at place: Int) {
        state.activations[place].incident = cause
        outputs.append(
            .incident(
                Incident(
                    key: IncidentKey(rawValue: state.activations[place].key), kind: cause.kind,
                    elementID: model.elements[element(at: place)].id, message: cause.message)))
    }

    /// Parks a token before an element.
    mutating func block(_ element: Int, _ scope: Int32, _ flow: Int, _ cause: IncidentCause) {
        let place = activate(element, in: scope, .blocked)
        state.activations[place].flow = Int32(flow)
        raise(cause, at: place)
    }

    private mutating func resolve(_ place: Int) {
        let activation = state.activations[place]
        state.activations[place].incident = nil
        switch activation.state {
        case .job: announceJob(place)
        case .entering: begin(activation.key)
        case .completing: finish(activation.key)
        case .leaving:
            remove(activation.key)
            leave(Int(activation.element), activation.parent)
        case .blocked:
            remove(activation.key)
            queue.append(.enter(element: Int(activation.element), scope: activation.parent, flow: Int(activation.flow)))
        case .compensating: queue.append(.compensate(activation.key))
        case .loop:
            let started = activation.tokens + (activation.loop?.completed ?? 0)
            let isSequential = model.elements[Int(activation.element)].loop?.isSequential ?? false
            let left = (activation.loop?.items.count ?? 0) - Int(started)
            for _ in 0..<(isSequential ? min(1, left) : left) { queue.append(.iterate(activation.key)) }
        case .waiting, .joining, .scope: preconditionFailure("incident in state \(activation.state)")
        }
    }

    mutating func announceJob(_ place: Int) {
        if let job = state.job(at: place, in: model) { outputs.append(.jobCreated(job)) }
    }
}

/// An expression gave no usable value.
struct EvaluationFailure: Error {
    let message: String
    var cause: IncidentCause { IncidentCause(kind: .expression, message: message) }
}
