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
        for topic in logic.subscriptions { gathered.events += try readEvents(topic, now: now) }
        gathered.timers = try TimerTable.due(
            database, partition: options.partition, now: now, limit: options.batchLimit)
        return gathered
    }

    /// How long a log that could not be read is left alone.
    private static var unreadablePause: Duration { .seconds(1) }

    /// A log that cannot be read for now holds up what is in it and nothing else: this service goes on with the rest.
    private func readEvents(_ topic: Topic, now: Instant) throws(Fault) -> [Envelope] {
        if let pause = unreadableUntil[topic], now < pause { return [] }
        do throws(Fault) {
            let position = cursors[topic] ?? 0
            let events = try log.read(
                topic, partition: options.partition, after: position, limit: options.batchLimit)
            unreadableUntil[topic] = nil
            // A channel may deliver again what was read already.
            guard let first = events.first, first.position <= position else { return events }
            return events.filter { $0.position > position }
        } catch  where options.toleratesUnreadableLogs && (error.isRetryable || error.code.hasPrefix("database_")) {
            if unreadableUntil[topic] == nil { RuntimeLog.report(error, "\(logic.name): reading \(topic)") }
            unreadableUntil[topic] = now + Self.unreadablePause
            return []
        }
    }
}
