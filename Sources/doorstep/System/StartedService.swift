import Contracts
import Kernel
import Ports
import Runtime
import Synchronization

/// A service that runs on a thread of its own.
struct StartedService<Logic: ServiceLogic>: Sendable {
    let mailbox: Mailbox<Logic.Command, Logic.Reply>
    let thread: WorkerThread

    /// Starts the worker and waits until it has its lease.
    ///
    /// - Throws: what building the worker throws.
    static func start(
        _ topic: Topic, _ system: SystemParts, makeLogic: @escaping @Sendable () throws(Fault) -> Logic
    ) async throws(Fault) -> StartedService {
        let first = FirstAnswer<Mailbox<Logic.Command, Logic.Reply>>()
        let thread = WorkerThread(
            name: topic.rawValue, signal: system.wakeups.signal(topic),
            onReady: { (mailbox: Mailbox<Logic.Command, Logic.Reply>) in first.give(.success(mailbox)) },
            onFault: { fault in
                if !first.give(.failure(fault)) { system.onFault(topic, fault) }
            },
            make: { () throws(Fault) -> Worker<Logic> in
                try Worker(
                    try makeLogic(), database: system.database(topic),
                    log: LocalEventLog(databases: system.databases, recent: system.recent), recent: system.recent,
                    effects: system.effects, observers: [system.wakeups] + system.observers, clock: system.clock,
                    options: system.options, signal: system.wakeups.signal(topic))
            })
        return StartedService(mailbox: try await first.value(), thread: thread)
    }
}

/// What all workers of a process share.
struct SystemParts: Sendable {
    let database: @Sendable (Topic) -> any Database
    let clock: any WallClock
    let wakeups: Wakeups
    let recent: RecentEvents
    let effects: any EffectSink
    let observers: [any CommitObserver]
    let options: WorkerOptions
    /// A worker that ended by itself.
    let onFault: @Sendable (Topic, Fault) -> Void

    var databases: [Topic: any Database] {
        Dictionary(uniqueKeysWithValues: Topic.allCases.map { ($0, database($0)) })
    }
}

/// The first of possibly several answers from another thread.
private final class FirstAnswer<Value: Sendable>: Sendable {
    private struct State: Sendable {
        var answer: Result<Value, Fault>?
        var waiting: CheckedContinuation<Result<Value, Fault>, Never>?
    }

    private let state = Mutex(State())

    @discardableResult
    func give(_ answer: Result<Value, Fault>) -> Bool {
        let (isFirst, waiting) = state.withLock { state in
            guard state.answer == nil else { return (false, nil as CheckedContinuation<Result<Value, Fault>, Never>?) }
            state.answer = answer
            defer { state.waiting = nil }
            return (true, state.waiting)
        }
        waiting?.resume(returning: answer)
        return isFirst
    }

    func value() async throws(Fault) -> Value {
        let answer = await withCheckedContinuation { continuation in
            let known = state.withLock { state in
                if state.answer == nil { state.waiting = continuation }
                return state.answer
            }
            if let known { continuation.resume(returning: known) }
        }
        return try answer.get()
    }
}
