import Contracts
import Kernel
import Ports

/// What a worker found waiting for one batch.
struct Gathered<Command: Sendable, Reply: Sendable> {
    var events: [Envelope] = []
    var outcomes: [(Effect, EffectOutcome)] = []
    var timers: [TimerKey] = []
    var submissions: [Submission<Command, Reply>] = []

    var count: Int { events.count + outcomes.count + timers.count + submissions.count }
    var isEmpty: Bool { count == 0 }

    /// Each input alone, in order.
    var singles: [Gathered] {
        events.map { Gathered(events: [$0]) } + outcomes.map { Gathered(outcomes: [$0]) }
            + timers.map { Gathered(timers: [$0]) } + submissions.map { Gathered(submissions: [$0]) }
    }
}

extension Worker {
    func gather(_ content: Mailbox<Command, Reply>.Content, now: Instant) throws(Fault) -> Gathered<Command, Reply> {
        var gathered = Gathered<Command, Reply>()
        gathered.submissions = content.submissions
        gathered.outcomes = content.outcomes
        for topic in logic.subscriptions {
            gathered.events += try log.read(
                topic, partition: options.partition, after: cursors[topic] ?? 0, limit: options.batchLimit)
        }
        gathered.timers = try TimerTable.due(database, now: now, limit: options.batchLimit)
        return gathered
    }
}
