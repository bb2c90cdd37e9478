import Contracts
import Kernel
import Ports

/// The transaction of a batch: prove the lease, move the cursors, decide, save, append, commit, and only then tell.
extension Worker {
    func commit(_ gathered: Gathered<Command, Reply>, now: Instant) throws(Fault) {
        try leased(now: now) { () throws(Fault) -> (Batch<Command, Reply>, Committed) in
            var batch = Batch<Command, Reply>()
            try moveCursors(gathered.events)
            try admit(gathered, &batch, now: now)
            try readBefore(&batch)
            var outbox = Outbox<Reply>()
            try logic.process(batch.inputs, now: now, in: database, outbox: &outbox)
            return (batch, try save(outbox, batch, now: now))
        } committed: { [self] batch, committed in
            finish(gathered, batch, committed)
        } undone: { [self] fault in
            giveBack(gathered.submissions, gathered.outcomes, fault)
        }
    }

    /// A batch of which some input is poison: each input alone, so that only the poisonous one is set aside.
    func commitOneByOne(_ gathered: Gathered<Command, Reply>, now: Instant) throws(Fault) {
        let singles = gathered.singles
        for (place, single) in singles.enumerated() {
            do throws(Fault) {
                do throws(Fault) {
                    try commit(single, now: now)
                } catch  where !error.isRetryable && error.code != "lease_lost" {
                    for submission in single.submissions { submission.completion(.unavailable(error)) }
                    if single.submissions.isEmpty { try park(single, because: error, now: now) }
                }
            } catch {
                // Of a commit that is not known, the inputs wait for it to be.
                for left in singles[(isCommitUnknown ? place + 1 : place)...] {
                    giveBack(left.submissions, left.outcomes, error)
                }
                throw error
            }
        }
    }

    private func park(_ single: Gathered<Command, Reply>, because fault: Fault, now: Instant) throws(Fault) {
        let keys = single.events.map(\.key) + single.outcomes.map(\.0.entity)
        try leased(now: now) { () throws(Fault) in
            try moveCursors(single.events)
            for envelope in single.events {
                try park(.event(envelope), key: envelope.key, because: fault, now: now)
            }
            for (effect, input) in try conclude(single.outcomes, resubmit: { _ in }) {
                try park(input, key: effect.entity, because: fault, now: now)
            }
            // A timer is no fact: it is tried again later, and a person sees the error in the log.
            try TimerTable.apply(
                single.timers.map { Outbox<Reply>.TimerChange.set($0, dueAt: now + .seconds(60)) }, database,
                partition: options.partition)
        } committed: { [self] _ in
            for envelope in single.events { cursors[envelope.topic] = envelope.position }
            parked.formUnion(keys)
        } undone: { [self] fault in
            giveBack([], single.outcomes, fault)
        }
        RuntimeLog.report(fault, "\(logic.name): parked \(keys), timers \(single.timers)")
    }

    private func park(_ input: Input<Command>, key: Int64, because fault: Fault?, now: Instant) throws(Fault) {
        try DeadLetters.park(
            input, key: key, error: fault, database, partition: options.partition, of: options.partitionCount,
            now: now)
    }

    private func moveCursors(_ events: [Envelope]) throws(Fault) {
        var ends: [Topic: (first: Int64, last: Int64)] = [:]
        for envelope in events {
            ends[envelope.topic] = (ends[envelope.topic]?.first ?? envelope.position, envelope.position)
        }
        for (topic, end) in ends.sorted(by: { $0.key < $1.key }) {
            let moved = try database.execute(
                "UPDATE cursors SET position = $4 WHERE topic = $1 AND partition = $2 AND position = $3",
                [.text(topic.rawValue), .int(options.partition), .integer(end.first - 1), .integer(end.last)])
            guard moved == 1 else {
                throw Fault("lease_lost", retryable: false, "cursor of \(topic.rawValue) is not at \(end.first - 1)")
            }
        }
    }

    /// Turns what was gathered into inputs: behind a parked key everything is parked, repetitions are answered.
    private func admit(
        _ gathered: Gathered<Command, Reply>, _ batch: inout Batch<Command, Reply>, now: Instant
    ) throws(Fault) {
        batch.inputs.reserveCapacity(gathered.count)
        for envelope in gathered.events {
            if !parked.isEmpty, parked.contains(envelope.key) {
                try park(.event(envelope), key: envelope.key, because: nil, now: now)
            } else {
                batch.inputs.append(.event(envelope))
            }
        }
        for (effect, input) in try conclude(gathered.outcomes, resubmit: { batch.resubmitted.append($0) }) {
            if parked.contains(effect.entity) {
                try park(input, key: effect.entity, because: nil, now: now)
            } else {
                batch.inputs.append(input)
            }
        }
        try TimerTable.remove(gathered.timers, database)
        for timer in gathered.timers { batch.inputs.append(.timer(timer)) }
        try admitCommands(gathered.submissions, &batch)
    }

    private func admitCommands(
        _ submissions: [Submission<Command, Reply>], _ batch: inout Batch<Command, Reply>
    ) throws(Fault) {
        let keyed = submissions.compactMap(\.idempotency)
        let known = keyed.isEmpty ? [:] : try IdempotencyTable.find(keyed, database)
        var inBatch: [ClientKey: Int] = [:]
        for (slot, submission) in submissions.enumerated() {
            if let key = submission.idempotency {
                if let stored = known[key.clientKey] {
                    batch.answers[slot] =
                        stored.fingerprint == key.fingerprintText ? .replayed(stored.answer) : .keyReused
                    continue
                }
                if let first = inBatch[key.clientKey] {
                    batch.repetitions.append((slot, first))
                    continue
                }
                inBatch[key.clientKey] = slot
            }
            if !parked.isEmpty, let key = logic.key(of: submission.command), parked.contains(key) {
                batch.answers[slot] = .parked
                continue
            }
            batch.inputs.append(.command(submission.command, slot: slot))
        }
        batch.submissions = submissions
    }

    private func save(
        _ outbox: Outbox<Reply>, _ batch: Batch<Command, Reply>, now: Instant
    ) throws(Fault) -> Committed {
        let appended = try LogTable.append(
            outbox.events, database, partition: options.partition, now: now, retention: options.retention.events)
        if !appended.isEmpty { try database.announce("\(options.partition) \(options.owner)") }
        try EffectTable.insert(
            outbox.effects, database, partition: options.partition, now: now,
            retention: options.retention.effects)
        try EffectTable.askWithdrawal(outbox.withdrawals, database)
        try TimerTable.apply(outbox.timers, database, partition: options.partition)
        try audit(outbox, batch, now: now)
        var kept: [(IdempotencyKey, [UInt8])] = []
        var answers: [Int: Answer<Reply>] = [:]
        var rendered: [Int: [UInt8]] = [:]
        for input in batch.inputs {
            guard case .command(_, let slot) = input else { continue }
            switch outbox.answers[slot] {
            case .success(let reply):
                answers[slot] = .accepted(reply)
                if let key = batch.submissions[slot].idempotency {
                    let answer = batch.submissions[slot].render(reply)
                    rendered[slot] = answer
                    kept.append((key, answer))
                }
            case .failure(let rejection): answers[slot] = .rejected(rejection.rejection)
            case nil: throw Fault("command_unanswered", retryable: false, "slot \(slot) of \(logic.name)")
            }
        }
        try IdempotencyTable.insert(kept, database, now: now, retention: options.retention.answers)
        for (slot, first) in batch.repetitions {
            answers[slot] = repeated(batch.submissions[slot], batch.submissions[first], answers[first], rendered[first])
        }
        return Committed(
            appended: appended, effects: outbox.effects + batch.resubmitted,
            answers: answers.merging(batch.answers) { _, early in early })
    }

    /// What the commands that the audit log is told of are about to change.
    private func readBefore(_ batch: inout Batch<Command, Reply>) throws(Fault) {
        for input in batch.inputs {
            guard case .command(_, let slot) = input, let note = batch.submissions[slot].audit else { continue }
            batch.before[slot] = try note.before(database)
        }
    }

    private func audit(_ outbox: Outbox<Reply>, _ batch: Batch<Command, Reply>, now: Instant) throws(Fault) {
        var records: [AuditRecord] = []
        for (slot, before) in batch.before.sorted(by: { $0.key < $1.key }) {
            guard case .success(let reply) = outbox.answers[slot], let note = batch.submissions[slot].audit else {
                continue
            }
            records.append(note.record(reply, before: before))
        }
        try AuditLog.append(records, database, now: now)
    }

    private func repeated(
        _ submission: Submission<Command, Reply>, _ first: Submission<Command, Reply>, _ answer: Answer<Reply>?,
        _ rendered: [UInt8]?
    ) -> Answer<Reply> {
        guard submission.idempotency?.fingerprint == first.idempotency?.fingerprint else { return .keyReused }
        if let rendered { return .replayed(rendered) }
        return answer ?? .unavailable(Fault("command_unanswered", retryable: true, "the first of two equal requests"))
    }

    private func finish(
        _ gathered: Gathered<Command, Reply>, _ batch: Batch<Command, Reply>, _ committed: Committed
    ) {
        logic.committed()
        for envelope in gathered.events { cursors[envelope.topic] = envelope.position }
        writtenSinceRemoval += max(committed.appended.count, gathered.count)
        recent.append(committed.appended)
        if !committed.effects.isEmpty { effects.submit(owned(committed.effects)) }
        let record = CommitRecord(
            service: logic.name, topic: logic.topic, appended: committed.appended, consumed: gathered.events)
        for observer in observers { observer.committed(record) }
        for (slot, submission) in gathered.submissions.enumerated() {
            if let answer = committed.answers[slot] { submission.completion(answer) }
        }
    }

    struct Committed {
        let appended: [Envelope]
        let effects: [Effect]
        let answers: [Int: Answer<Reply>]
    }
}

/// A batch on its way through the transaction.
struct Batch<Command: Sendable, Reply: Sendable> {
    var inputs: [Input<Command>] = []
    var submissions: [Submission<Command, Reply>] = []
    /// Answers that are known before the logic is asked.
    var answers: [Int: Answer<Reply>] = [:]
    /// Slots whose idempotency key came earlier in the same batch, with that slot.
    var repetitions: [(slot: Int, first: Int)] = []
    var resubmitted: [Effect] = []
    /// By slot, for commands that the audit log is told of.
    var before: [Int: String] = [:]
}
