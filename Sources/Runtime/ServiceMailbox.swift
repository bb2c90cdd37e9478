import Contracts
import Kernel
import Ports
import Synchronization

/// Where a process leaves what a service shall handle: hands each command to the worker of its partition, and says which
/// ones are another process's.
public final class ServiceMailbox<Command: Sendable, Reply: Sendable>: Sendable {
    /// Whose a command is.
    public enum Whereabouts: Sendable, Equatable {
        case here
        /// Another process's; `nil` when any that owns a partition will do.
        case elsewhere(partition: Int?)
        /// A batch about several partitions; the partition of each element.
        case split([Int])
    }

    private struct State: Sendable {
        var open: [Int: Mailbox<Command, Reply>] = [:]
        /// Outcomes that came before the worker was ready for them, of partitions that are being opened.
        var early: [Int: [(Effect, EffectOutcome)]] = [:]
        var turn = 0
    }

    public let topic: Topic
    public let partitionCount: Int
    private let routing: CommandRouting<Command, Reply>
    private let state = Mutex(State())

    /// - Parameters:
    ///   - topic: of the service.
    ///   - partitionCount: of the service, within ``Partition/counts``.
    public init(topic: Topic, partitionCount: Int, routing: CommandRouting<Command, Reply>) {
        self.topic = topic
        self.partitionCount = partitionCount
        self.routing = routing
    }

    /// The mailbox of a service that is not divided.
    public convenience init(_ mailbox: Mailbox<Command, Reply>, topic: Topic) {
        self.init(topic: topic, partitionCount: 1, routing: CommandRouting { _ in .first })
        state.withLock { $0.open[0] = mailbox }
    }

    /// The partitions that this process owns, in order.
    public var openPartitions: [Int] { state.withLock { $0.open.keys.sorted() } }

    /// A worker is about to start: outcomes of its effects are kept until it is ready.
    public func expect(_ partition: Int) { state.withLock { $0.early[partition] = [] } }

    /// A worker is ready.
    public func open(_ partition: Int, _ mailbox: Mailbox<Command, Reply>) {
        let early = state.withLock { state in
            state.open[partition] = mailbox
            return state.early.removeValue(forKey: partition) ?? []
        }
        for (effect, outcome) in early { mailbox.deliver(effect, outcome) }
    }

    /// A worker ended, or did not start.
    public func close(_ partition: Int) {
        state.withLock { state in
            state.open[partition] = nil
            state.early[partition] = nil
        }
    }

    /// Whether a command can be handled in this process.
    public func whereabouts(of command: Command, _ key: IdempotencyKey? = nil) -> Whereabouts {
        state.withLock { state in
            switch partition(of: command, key, &state) {
            case .one(let partition?): state.open[partition] == nil ? .elsewhere(partition: partition) : .here
            case .one(nil): .elsewhere(partition: nil)
            case .several(let partitions): .split(partitions)
            }
        }
    }

    /// The parts of a command that this process can handle: all of it, none, or the elements of a batch that are its.
    public func partsHere(of command: Command) -> [Command] {
        switch whereabouts(of: command) {
        case .here: return [command]
        case .elsewhere: return []
        case .split(let partitions):
            let open = Set(openPartitions)
            return Dictionary(grouping: partitions.indices, by: { partitions[$0] }).sorted { $0.key < $1.key }
                .compactMap { open.contains($0.key) ? routing.part(command, $0.value) : nil }
        }
    }

    /// Hands a command over. Its completion is called exactly once, with `partition_elsewhere` when another process has
    /// to handle it. A batch about several partitions is shared out, unless it has an idempotency key.
    public func submit(_ submission: Submission<Command, Reply>) {
        let place = state.withLock { partition(of: submission.command, submission.idempotency, &$0) }
        switch place {
        case .one(let partition): submit(submission, to: partition)
        case .several(let partitions): share(submission, among: partitions)
        }
    }

    /// Brings the outcome of an effect. That of a partition which is not here any more is dropped: the owner looks the
    /// effect up.
    public func deliver(_ effect: Effect, _ outcome: EffectOutcome) {
        let mailbox = state.withLock { state -> Mailbox<Command, Reply>? in
            if let mailbox = state.open[effect.partition] { return mailbox }
            state.early[effect.partition]?.append((effect, outcome))
            return nil
        }
        mailbox?.deliver(effect, outcome)
    }

    /// Hands a person's wish for parked inputs over; fails it at once when another process has to handle it.
    public func request(_ request: DeadLetterRequest) {
        guard let mailbox = state.withLock({ $0.open[request.partition] }) else {
            return request.completion(.failure(Self.elsewhere(request.partition)))
        }
        mailbox.request(request)
    }

    private enum Target {
        case one(Int?)
        case several([Int])
    }

    private func partition(of command: Command, _ key: IdempotencyKey?, _ state: inout State) -> Target {
        if partitionCount == 1 { return .one(0) }
        switch routing.place(command) {
        case .first: return .one(0)
        case .entity(let id): return .one(Partition.number(of: id, among: partitionCount))
        case .each(let ids):
            let partitions = ids.map { Partition.number(of: $0, among: partitionCount) }
            let first = partitions.first ?? 0
            return partitions.allSatisfy { $0 == first } ? .one(first) : .several(partitions)
        case .anywhere:
            let open = state.open.keys.sorted()
            if open.isEmpty { return .one(nil) }
            // A repetition finds its own partition again, as long as the shares stay; where they moved, the stored
            // answer is found all the same.
            if let key { return .one(open[Int(key.spread % UInt64(open.count))]) }
            state.turn &+= 1
            return .one(open[state.turn % open.count])
        }
    }

    private func submit(_ submission: Submission<Command, Reply>, to partition: Int?) {
        let mailbox = partition.flatMap { partition in state.withLock { $0.open[partition] } }
        guard let mailbox else { return submission.completion(.unavailable(Self.elsewhere(partition))) }
        mailbox.submit(submission)
    }

    private func share(_ submission: Submission<Command, Reply>, among partitions: [Int]) {
        let groups = Dictionary(grouping: partitions.indices, by: { partitions[$0] }).sorted { $0.key < $1.key }
        let isHere = state.withLock { state in groups.allSatisfy { state.open[$0.key] != nil } }
        guard submission.idempotency == nil, isHere else {
            return submission.completion(.unavailable(Self.elsewhere(nil)))
        }
        let gathering = Gathering(count: groups.count, routing.join, submission.completion)
        for (partition, places) in groups {
            submit(
                Submission(routing.part(submission.command, places)) { gathering.add($0, of: places) }, to: partition)
        }
    }

    private static func elsewhere(_ partition: Int?) -> Fault {
        Fault("partition_elsewhere", retryable: true, partition.map(String.init) ?? "several")
    }
}

extension ServiceMailbox {
    /// Submits and waits for the answer.
    public func answer(
        to command: Command, idempotency: IdempotencyKey? = nil, audit: AuditNote<Reply>? = nil,
        render: @escaping @Sendable (Reply) -> [UInt8] = { _ in [] }
    ) async -> Answer<Reply> {
        await withCheckedContinuation { continuation in
            submit(
                Submission(command, idempotency: idempotency, audit: audit, render: render) {
                    continuation.resume(returning: $0)
                })
        }
    }
}

/// The answers to the parts of a batch, on their way to become one.
private final class Gathering<Reply: Sendable>: Sendable {
    private struct State: Sendable {
        var missing: Int
        var replies: [(places: [Int], reply: Reply)] = []
        var refusal: Answer<Reply>?
    }

    private let state: Mutex<State>
    private let join: @Sendable ([(places: [Int], reply: Reply)]) -> Reply
    private let completion: @Sendable (Answer<Reply>) -> Void

    init(
        count: Int, _ join: @escaping @Sendable ([(places: [Int], reply: Reply)]) -> Reply,
        _ completion: @escaping @Sendable (Answer<Reply>) -> Void
    ) {
        state = Mutex(State(missing: count))
        self.join = join
        self.completion = completion
    }

    func add(_ answer: Answer<Reply>, of places: [Int]) {
        let whole = state.withLock { state -> Answer<Reply>? in
            state.missing -= 1
            if case .accepted(let reply) = answer {
                state.replies.append((places, reply))
            } else {
                state.refusal = answer
            }
            guard state.missing == 0 else { return nil }
            return state.refusal ?? .accepted(join(state.replies))
        }
        if let whole { completion(whole) }
    }
}

extension IdempotencyKey {
    /// Spreads keys evenly; the same in every process.
    ///
    /// - Source: FNV-1a, 64 bits, finished as SplitMix64 is, since the last bits of similar keys are similar.
    var spread: UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in key.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash ^= UInt64(bitPattern: client)
        hash = (hash ^ hash >> 30) &* 0xbf58_476d_1ce4_e5b9
        hash = (hash ^ hash >> 27) &* 0x94d0_49bb_1331_11eb
        return hash ^ hash >> 31
    }
}
