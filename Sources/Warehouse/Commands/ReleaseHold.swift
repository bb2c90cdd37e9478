import Kernel

/// Give up what a cart holds.
extension WarehouseState {
    /// - Throws: `unknownHold`; `holdExpired`; `holdClosed` when it was released before or an order has taken it over.
    public mutating func releaseHold(_ id: HoldID, by actor: String?, now: Instant) throws(WarehouseRejection) -> Hold {
        guard let hold = holds[id] else { throw .unknownHold(id) }
        switch hold.status {
        case .held where hold.expiresAt > now: return close(hold, as: .released, by: actor, now: now)
        case .held, .expired: throw .holdExpired(id)
        case .released, .converted: throw .holdClosed(id)
        }
    }

    /// Ends every loaded hold whose time ran out, in order of their ids.
    public mutating func expireHolds(now: Instant) {
        let due = holds.values.filter { $0.status == .held && $0.expiresAt <= now }.sorted { $0.id < $1.id }
        for hold in due { close(hold, as: .expired, by: nil, now: now) }
    }

    @discardableResult
    mutating func close(
        _ hold: Hold, as status: HoldStatus, for orderID: OrderID? = nil, by actor: String?, now: Instant
    ) -> Hold {
        let kind: LedgerKind = status == .expired ? .expire : .release
        for line in hold.lines {
            stock.record(kind, line.key, line.quantity, for: .hold(hold.id), by: actor, reverses: line.entry, at: now)
        }
        var closed = hold
        closed.status = status
        closed.orderID = orderID
        holds[hold.id] = closed
        tracked.closedHolds.insert(hold.id)
        return closed
    }
}
