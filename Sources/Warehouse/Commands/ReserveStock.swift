import Contracts
import Kernel

/// Allocate units for an order, all or nothing, and divide them into fulfillment orders.
public struct ReserveStock: Sendable, Equatable {
    public let orderID: OrderID
    /// 1 for the order itself, then growing: each is answered once.
    public let request: Int
    public let lines: [LineDemand]
    public let destination: Destination
    /// A warehouse that just did not find the units.
    public let excludedWarehouseID: WarehouseID?
    /// The cart's hold, which does not stand in its own way.
    public let holdID: HoldID?

    public init(
        orderID: OrderID, request: Int, lines: [LineDemand], destination: Destination,
        excludedWarehouseID: WarehouseID? = nil, holdID: HoldID? = nil
    ) {
        self.orderID = orderID
        self.request = request
        self.lines = lines
        self.destination = destination
        self.excludedWarehouseID = excludedWarehouseID
        self.holdID = holdID
    }
}

extension WarehouseState {
    /// Answers with `StockReserved`, or with `StockReservationRejected` naming each line that is short; without any
    /// line when the order was stopped before. A request that was answered before is passed over.
    ///
    /// - Complexity: O(lines × warehouses); for n warehouses that must share the order, up to 2ⁿ times that.
    public mutating func reserve(_ command: ReserveStock, now: Instant) {
        if let standing = orders[command.orderID] {
            guard command.request > standing.requests else { return }
            if standing.isStopped {
                changeOrder(command.orderID) { $0.requests = command.request }
                reject(command, [])
                return
            }
        }
        changeOrder(command.orderID) { $0.requests = command.request }
        let hold = command.holdID.flatMap { holds[$0] }.flatMap { $0.isLive(at: now) ? $0 : nil }
        let sites = sites(near: command.destination.place, except: command.excludedWarehouseID)
        let sourcing = Sourcing(command.lines, from: sites) { product, warehouse in
            let key = StockKey(product, warehouse)
            let own = hold?.lines.reduce(0) { $1.key == key ? $0 + $1.quantity : $0 } ?? 0
            return stock.slot(of: key).map { stock[$0].available + own } ?? 0
        }
        switch sourcing.decide() {
        case .short(let shortages): reject(command, shortages)
        case .sourced(let shares):
            if let hold { close(hold, as: .converted, for: command.orderID, by: nil, now: now) }
            let plans = shares.map { allocate($0, command, now: now) }
            publish(
                .stockReserved(
                    StockReserved(orderID: command.orderID, request: command.request, fulfillments: plans)))
        }
    }

    private mutating func reject(_ command: ReserveStock, _ shortages: [LineShortage]) {
        publish(
            .stockReservationRejected(
                StockReservationRejected(orderID: command.orderID, request: command.request, lines: shortages)))
    }

    private mutating func allocate(
        _ share: Sourcing.Share, _ command: ReserveStock, now: Instant
    ) -> FulfillmentPlan {
        let id = ids.nextFulfillment(now: now)
        var lines: [Allocation] = []
        lines.reserveCapacity(share.lines.count)
        var unitCount = 0
        for line in share.lines {
            let entry = stock.record(
                .allocate, StockKey(line.productID, share.warehouseID), line.quantity, for: .fulfillment(id), by: nil,
                at: now)
            unitCount += line.quantity
            lines.append(
                Allocation(
                    line: line.line, productID: line.productID, first: line.first, quantity: line.quantity,
                    entry: entry))
        }
        fulfillments[id] = Fulfillment(
            id: id, orderID: command.orderID, warehouseID: share.warehouseID, request: command.request,
            createdAt: now, step: .reserved, taskStatus: .waiting, worker: nil, since: now, unitCount: unitCount,
            lines: lines)
        fulfillmentsOfOrder[command.orderID]?.append(id)
        tracked.newFulfillments.insert(id)
        return FulfillmentPlan(fulfillmentID: id, warehouseID: share.warehouseID, lines: share.lines)
    }
}
