import Contracts
import Kernel
import Ports

/// Removing what is past its time, in small commits beside the others.
extension Worker {
    /// The least time between two removals: long enough to cost nothing, short enough to keep each one small.
    private static var removalInterval: Duration { .milliseconds(200) }
    /// Rows of each table per removal, when little was written since the last one.
    private static var removalMin: Int { 500 }

    /// Removes of each table at most twice as much as was written since the last removal: it keeps up with any load,
    /// and no removal is much larger than the batches between. Events go by partition; what belongs to no partition, the
    /// first one removes for all, who write as much as it does.
    func removeExpired(now: Instant) throws(Fault) {
        guard now - lastRemoval >= Self.removalInterval || now < lastRemoval else { return }
        let limit = max(Self.removalMin, 2 * writtenSinceRemoval)
        lastRemoval = now
        writtenSinceRemoval = 0
        let events = try removableEvents(now: now, limit: limit)
        let isForAll = options.partition == 0
        let oldest = isForAll ? try oldestRemoval() : nil
        let isServiceDue = isForAll ? try logic.nextRemoval(database).map { $0 <= now } ?? false : false
        guard events != nil || oldest.map({ $0 <= now }) ?? false || isServiceDue else { return }
        try leased(now: now) { () throws(Fault) in
            if let events { try remove(events) }
            guard isForAll else { return }
            let limit = limit * options.partitionCount
            try EffectTable.remove(due: now, limit: limit, database, partition: options.partition)
            try IdempotencyTable.remove(due: now, limit: limit, database)
            if isServiceDue { try logic.remove(due: now, limit: limit, in: database) }
        } committed: { _ in
        } undone: { _ in
            // What is past its time still is at the next removal.
        }
        proved(at: now)
    }

    private func oldestRemoval() throws(Fault) -> Instant? {
        let times = [try EffectTable.nextRemoval(database), try IdempotencyTable.nextRemoval(database)]
        return times.compactMap { $0 }.min()
    }

    /// The last position that can go: past its time, read by every reader, and all before it too.
    private func removableEvents(now: Instant, limit: Int) throws(Fault) -> Int64? {
        guard let topic = logic.topic, try LogTable.isFirstDue(database, partition: options.partition, now: now) else {
            return nil
        }
        let read = try log.readByAll(topic, partition: options.partition)
        return try LogTable.removable(
            database, partition: options.partition, readByAll: read, now: now, limit: limit)
    }

    private func remove(_ last: Int64) throws(Fault) {
        try LogTable.remove(upTo: last, database, partition: options.partition)
        try RemovalTable.note(.events, upTo: last, database, partition: options.partition)
    }
}
