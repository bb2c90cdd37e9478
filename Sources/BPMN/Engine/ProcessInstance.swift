import Kernel

/// One run of a process: where its tokens are and what its variables hold. A value; changed only by ``ProcessEngine``.
public struct ProcessInstance: Sendable, Equatable {
    public let model: CompiledModel
    var state: InstanceState

    public static func == (left: Self, right: Self) -> Bool {
        left.model.fingerprint == right.model.fingerprint && left.state == right.state
    }

    public var processID: String { model.elements[Int(state.process)].id }
    public var isEnded: Bool { state.lifecycle != .running }
    public var isTerminated: Bool { state.lifecycle == .terminated }

    /// The ids of the end events reached in the root process, in order of time; those of called processes are not in.
    public var endedAt: [String] { state.ends.map { model.elements[Int($0)].id } }

    /// The variables of the root scope.
    public var variables: [String: FEELValue] {
        state.activations.first?.variables ?? state.finalVariables
    }

    /// Jobs that wait for a worker, oldest first. Those with an incident are not among them.
    public var jobs: [Job] {
        state.activations.indices.compactMap { isWaitingJob($0) ? job(at: $0) : nil }
    }

    public func job(_ key: JobKey) -> Job? {
        guard let place = state.place(of: key.rawValue), isWaitingJob(place) else { return nil }
        return job(at: place)
    }

    /// The oldest waiting job of a type where a visible variable has a value.
    public func job(type: String, where name: String? = nil, equals value: FEELValue = .null) -> Job? {
        for place in state.activations.indices where isWaitingJob(place) {
            guard model.elements[Int(state.activations[place].element)].job?.type == type else { continue }
            if let name, state.value(of: name, from: place, in: model) != value { continue }
            return job(at: place)
        }
        return nil
    }

    public var messageSubscriptions: [MessageSubscription] {
        state.subscriptions.compactMap { subscription in
            let element = model.elements[Int(subscription.element)]
            guard case .message(let key) = subscription.event, let name = element.message?.name else { return nil }
            return MessageSubscription(name: name, key: key, elementID: element.id)
        }
    }

    /// When ``EngineInput/timers`` has something to do; `nil` when no timer runs.
    public var nextDueAt: Instant? {
        var first: Instant?
        for subscription in state.subscriptions {
            if case .timer(let due, _, _) = subscription.event { first = min(first ?? due, due) }
        }
        return first
    }

    /// How many tokens stand at each element, containers included; only elements with tokens.
    public var tokens: [String: Int] {
        var result: [String: Int] = [:]
        for activation in state.activations where activation.state != .loop {
            result[model.elements[Int(activation.element)].id, default: 0] += 1
        }
        return result
    }

    public var incidents: [Incident] {
        state.activations.compactMap { activation in
            activation.incident.map {
                Incident(
                    key: IncidentKey(rawValue: activation.key), kind: $0.kind,
                    elementID: model.elements[Int(activation.element)].id, message: $0.message)
            }
        }
    }

    /// The ids of the elements that completed at least once, in document order.
    public var completedElements: [String] {
        model.elements.indices.compactMap { index in
            let word = index / 64
            guard word < state.completed.count, state.completed[word] >> (index % 64) & 1 == 1 else { return nil }
            return model.elements[index].id
        }
    }

    private func isWaitingJob(_ place: Int) -> Bool {
        state.activations[place].state == .job && state.activations[place].incident == nil
    }

    private func job(at place: Int) -> Job? { state.job(at: place, in: model) }
}

extension InstanceState {
    func job(at place: Int, in model: CompiledModel) -> Job? {
        let element = Int(activations[place].element)
        guard let job = model.elements[element].job else { return nil }
        return Job(
            key: JobKey(rawValue: activations[place].key), type: job.type, elementID: model.elements[element].id,
            headers: job.headers, retries: job.retries, variables: visibleVariables(from: place, in: model))
    }

    /// The nearest value of a variable: scopes are searched outwards up to the process, root or called.
    func value(of name: String, from place: Int, in model: CompiledModel) -> FEELValue? {
        var place = place
        while true {
            if let value = activations[place].variables[name] { return value }
            guard let outer = outerScope(of: place, in: model) else { return nil }
            place = outer
        }
    }

    func visibleVariables(from place: Int, in model: CompiledModel) -> [String: FEELValue] {
        var place = place
        var result = activations[place].variables
        while let outer = outerScope(of: place, in: model) {
            place = outer
            if result.isEmpty {
                result = activations[place].variables
            } else if !activations[place].variables.isEmpty {
                result.merge(activations[place].variables) { inner, _ in inner }
            }
        }
        return result
    }

    /// The next scope outwards in which variables are looked up; `nil` beyond a process.
    func outerScope(of place: Int, in model: CompiledModel) -> Int? {
        guard model.elements[Int(activations[place].element)].operation != .process else { return nil }
        return self.place(of: activations[place].parent)
    }
}
