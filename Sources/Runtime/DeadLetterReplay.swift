import Contracts
import Kernel
import Ports

/// Replaying and discarding what was parked.
extension Worker {
    func answer(_ request: DeadLetterRequest, now: Instant) {
        do throws(Fault) {
            let count =
                switch request.action {
                case .replay(let key): try replay(key, request.audit, now: now)
                case .discard(let id, let reason): try discard(id, reason, request.audit, now: now)
                }
            request.completion(.success(count))
        } catch {
            request.completion(.failure(error))
        }
    }

    /// Handles all parked inputs of a key in one transaction.
    /// - Throws: the fault of the first that still fails; then nothing has changed.
    private func replay(_ key: Int64, _ audit: AuditRecord?, now: Instant) throws(Fault) -> Int {
        let letters = try DeadLetters.open(database, key: key, partition: options.partition)
        guard !letters.isEmpty else { return 0 }
        var inputs: [Input<Command>] = []
        for letter in letters { inputs.append(try StoredInput.restore(letter)) }
        let appended = try database.transaction { () throws(Fault) -> ([Envelope], [Effect]) in
            try lease.prove(database, now: now, duration: options.leaseDuration)
            var outbox = Outbox<Reply>()
            try logic.process(inputs, now: now, in: database, outbox: &outbox)
            let appended = try LogTable.append(
                outbox.events, database, partition: options.partition, now: now, retention: options.retention.events)
            try EffectTable.insert(outbox.effects, database, partition: options.partition, now: now)
            try EffectTable.askWithdrawal(outbox.withdrawals, database)
            try TimerTable.apply(outbox.timers, database, partition: options.partition)
            try DeadLetters.remove(letters, database)
            if let audit { try AuditLog.append([audit], database, now: now) }
            return (appended, outbox.effects)
        }
        logic.committed()
        parked.remove(key)
        recent.append(appended.0)
        effects.submit(owned(appended.1))
        let record = CommitRecord(topic: logic.topic, appended: appended.0, consumed: [])
        for observer in observers { observer.committed(record) }
        return letters.count
    }

    private func discard(
        _ id: Int64, _ reason: String, _ audit: AuditRecord?, now: Instant
    ) throws(Fault) -> Int {
        guard let letter = try DeadLetters.list(database, limit: 1, after: id - 1).first, letter.id == id,
            letter.discardedBecause == nil
        else { return 0 }
        try database.transaction { () throws(Fault) in
            try DeadLetters.discard(letter, because: reason, database)
            if let audit { try AuditLog.append([audit], database, now: now) }
        }
        parked = try DeadLetters.keys(database, partition: options.partition)
        return 1
    }
}
