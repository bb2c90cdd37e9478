import Contracts
import Kernel
import Ports
import Runtime

/// A service as this process has it: with workers of its own, or run by others.
struct StartedService<Logic: ServiceLogic>: Sendable {
    /// `nil` for a service that only other processes run.
    let node: ServiceNode<Logic>?
    let mailbox: ServiceMailbox<Logic.Command, Logic.Reply>

    /// Starts the service's node where this process has the role, and waits until it has taken its first partitions.
    ///
    /// - Throws: what building a worker throws.
    static func start(
        _ topic: Topic, _ system: SystemParts,
        makeLogic: @escaping @Sendable (Partition) throws(Fault) -> Logic
    ) async throws(Fault) -> StartedService {
        guard system.roles.runs(topic) else {
            return StartedService(
                node: nil,
                mailbox: ServiceMailbox(topic: topic, partitionCount: system.partitions, routing: Logic.routing))
        }
        let node = ServiceNode<Logic>(
            topic: topic, database: system.database(topic), clock: system.clock, options: system.nodeOptions(),
            hooks: hooks(topic, system)
        ) { partition, signal, tenure throws(Fault) in
            var options = system.workerOptions
            options.partition = partition.number
            options.partitionCount = partition.count
            return try Worker(
                try makeLogic(partition), database: system.database(topic),
                log: system.carriers.log(signal), recent: system.recent, effects: system.effects,
                observers: system.wakers + system.observers,
                clock: system.clock, options: options, signal: signal, tenure: tenure)
        }
        try await OwnThread.run { Result { () throws(Fault) in try node.start() } }.get()
        return StartedService(node: node, mailbox: node.mailbox)
    }

    private static func hooks(_ topic: Topic, _ system: SystemParts) -> ServiceNode<Logic>.Hooks {
        ServiceNode<Logic>.Hooks(
            willStart: { partition, signal, tenure in
                system.wakeups.add(signal, topic, partition)
                system.tenures.begin(topic, partition, tenure)
                system.broker?.begin(topic, partition)
            },
            hasEnded: { partition in
                system.recent.forget(topic, partition: partition)
                system.wakeups.remove(topic, partition)
                system.tenures.end(topic, partition)
                system.broker?.end(topic, partition)
                system.forgetEffects(topic, partition)
            },
            onFault: { system.onFault(topic, $0) })
    }

    func stop(within deadline: Duration) async {
        guard let node else { return }
        await OwnThread.run { node.stop(within: deadline) }
    }
}

/// What all workers of a process share.
struct SystemParts: Sendable {
    let roles: Set<Role>
    /// How many partitions every service has.
    let partitions: Int
    let database: @Sendable (Topic) -> any Database
    let carriers: EventCarriers
    let clock: any WallClock
    let wakeups: Wakeups
    let tenures: Tenures
    let recent: RecentEvents
    let effects: any EffectSink
    /// Another process has the partition now, and what waits to be called for it.
    let forgetEffects: @Sendable (Topic, Int) -> Void
    let observers: [any CommitObserver]
    let owner: String
    /// `nil` for a process that has everything to itself.
    let sharing: Sharing?
    let retention: Retention
    /// A worker that ended by itself.
    let onFault: @Sendable (Topic, Fault) -> Void

    var broker: BrokerTransport? { carriers.broker }

    /// Whom a commit wakes: the readers, or whoever brings the events to them.
    var wakers: [any CommitObserver] { broker?.observers ?? [wakeups] }

    var workerOptions: WorkerOptions {
        guard let sharing else {
            return WorkerOptions(owner: owner, formerOwnerIsGone: true, retention: retention)
        }
        var options = WorkerOptions(
            owner: owner, leaseDuration: sharing.leaseDuration, idlePause: sharing.idlePause, retention: retention)
        options.toleratesUnreadableLogs = true
        return options
    }

    func nodeOptions<Logic>() -> ServiceNode<Logic>.Options {
        var options = ServiceNode<Logic>.Options(owner: owner, partitionCount: partitions)
        guard let sharing else { return options }
        options.claim = sharing.wantsAll ? .everything : .fairShare
        options.address = sharing.address
        options.leaseDuration = sharing.leaseDuration
        return options
    }
}
