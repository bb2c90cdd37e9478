import Contracts
import Kernel
import Ports

/// Replaying and discarding what was parked.
extension Worker {
    func answer(_ request: DeadLetterRequest, now: Instant) {
        do throws(Fault) {
            switch request.action {
            case .replay(let key): try replay(key, request, now: now)
            case .discard(let id, let reason): try discard(id, reason, request, now: now)
            }
        } catch {
            if !isCommitUnknown { request.completion(.failure(error)) }
        }
    }

    /// Handles all parked inputs of a key in one transaction.
    /// - Throws: the fault of the first that still fails; then nothing has changed.
    private func replay(_ key: Int64, _ request: DeadLetterRequest, now: Instant) throws(Fault) {
        let letters = try DeadLetters.open(database, key: key, partition: options.partition)
        guard !letters.isEmpty else { return request.completion(.success(0)) }
        var inputs: [Input<Command>] = []
        for letter in letters { inputs.append(try StoredInput.restore(letter)) }
        try leased(now: now) { () throws(Fault) -> ([Envelope], [Effect]) in
            var outbox = Outbox<Reply>()
            try logic.process(inputs, now: now, in: database, outbox: &outbox)
            let appended = try LogTable.append(
                outbox.events, database, partition: options.partition, now: now, retention: options.retention.events)
            if !appended.isEmpty { try database.announce("\(options.partition) \(options.owner)") }
            try EffectTable.insert(
                outbox.effects, database, partition: options.partition, now: now,
                retention: options.retention.effects)
            try EffectTable.askWithdrawal(outbox.withdrawals, database)
            try TimerTable.apply(outbox.timers, database, partition: options.partition)
            try DeadLetters.remove(letters, database)
            if let audit = request.audit { try AuditLog.append([audit], database, now: now) }
            return (appended, outbox.effects)
        } committed: { [self] appended, decided in
            logic.committed()
            parked.remove(key)
            recent.append(appended)
            effects.submit(owned(decided))
            let record = CommitRecord(service: logic.name, topic: logic.topic, appended: appended, consumed: [])
            for observer in observers { observer.committed(record) }
            request.completion(.success(letters.count))
        } undone: { fault in
            request.completion(.failure(fault))
        }
    }

    private func discard(_ id: Int64, _ reason: String, _ request: DeadLetterRequest, now: Instant) throws(Fault) {
        guard let letter = try DeadLetters.list(database, limit: 1, after: id - 1).first, letter.id == id,
            letter.discardedBecause == nil
        else { return request.completion(.success(0)) }
        try leased(now: now) { () throws(Fault) -> Set<Int64> in
            try DeadLetters.discard(letter, because: reason, database)
            if let audit = request.audit { try AuditLog.append([audit], database, now: now) }
            return try DeadLetters.keys(database, partition: options.partition)
        } committed: { [self] keys in
            parked = keys
            request.completion(.success(1))
        } undone: { fault in
            request.completion(.failure(fault))
        }
    }
}
