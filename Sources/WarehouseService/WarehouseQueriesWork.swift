import Kernel
import Ports
import Warehouse

/// A fulfillment order with what belongs to it, for people.
public struct FulfillmentView: Sendable, Equatable {
    public struct Line: Sendable, Equatable {
        public let allocation: Allocation
        public let sku: String
        public let productName: String
    }

    public let fulfillment: Fulfillment
    public let warehouseCode: String
    public let lines: [Line]
    /// Finished, open and waiting ones, in the order of the work.
    public let tasks: [WorkTask]
    public let packages: [FulfillmentPackage]
    public let shipmentID: ShipmentID?
    public let carrier: String?
    public let trackingNumber: String?

    /// `open`, `in_progress`, `closed`, `incomplete`, `cancelled`.
    public var status: String { fulfillment.step.status }

    /// `closed` until a carrier is booked, `labelled` then, `handed_over` in the end.
    public var packageStatus: String {
        switch fulfillment.step {
        case .handedOver, .returning, .returned: "handed_over"
        case .labelled: "labelled"
        default: "closed"
        }
    }

    public var allowedActions: [String] {
        fulfillment.step == .labelled ? ["hand_over"] : fulfillment.task?.allowedActions ?? []
    }
}

/// The end of a page of the work list.
public struct WorkCursor: Sendable, Equatable {
    public let since: Instant
    public let fulfillmentID: FulfillmentID

    public init(since: Instant, fulfillmentID: FulfillmentID) {
        self.since = since
        self.fulfillmentID = fulfillmentID
    }
}

extension WarehouseQueries {
    /// An order's fulfillment orders, oldest first.
    public func fulfillments(of orderID: OrderID) throws(Fault) -> [FulfillmentView] {
        let ids: [FulfillmentID] = try database.rows(
            "SELECT id FROM fulfillments WHERE order_id = $1 ORDER BY id", [.id(orderID)]
        ) { $0.id(0) }
        var views: [FulfillmentView] = []
        for id in ids { if let view = try fulfillment(id) { views.append(view) } }
        return views
    }

    public func fulfillment(_ id: FulfillmentID) throws(Fault) -> FulfillmentView? {
        let found = try database.first(
            """
            SELECT \(WarehouseRows.fulfillmentColumns), shipment, carrier, tracking_number,
                (SELECT code FROM warehouses w WHERE w.id = warehouse)
            FROM fulfillments WHERE id = $1
            """, [.id(id)]
        ) { row throws(Fault) in
            let shipment: ShipmentID? = row.optionalID(11)
            return (
                try WarehouseRows.fulfillment(row), shipment, row.optionalText(12), row.optionalText(13), row.text(14)
            )
        }
        guard let (fulfillment, shipment, carrier, tracking, code) = found else { return nil }
        return FulfillmentView(
            fulfillment: fulfillment, warehouseCode: code, lines: try lines(id),
            tasks: try tasks(of: fulfillment), packages: try packages(of: id), shipmentID: shipment, carrier: carrier,
            trackingNumber: tracking)
    }

    private func lines(_ id: FulfillmentID) throws(Fault) -> [FulfillmentView.Line] {
        try database.rows(
            """
            SELECT fulfillment, line, first, product, quantity, entry, pick_entry, p.sku, p.name
            FROM allocations LEFT JOIN products p ON p.id = product WHERE fulfillment = $1 ORDER BY line, first
            """, [.id(id)]
        ) { row in
            FulfillmentView.Line(
                allocation: WarehouseRows.allocation(row), sku: row.text(7), productName: row.text(8))
        }
    }

    private func packages(of id: FulfillmentID) throws(Fault) -> [FulfillmentPackage] {
        try database.rows(
            "SELECT id, number, sscc, weight_grams FROM packages WHERE fulfillment = $1 ORDER BY number", [.id(id)]
        ) { row throws(Fault) in
            guard let sscc = SSCC(row.text(2)) else { throw WarehouseRows.unreadable("packages", row.integer(0)) }
            return FulfillmentPackage(
                id: row.id(0), fulfillmentID: id, number: row.int(1), sscc: sscc, weightGrams: row.int(3))
        }
    }

    private func tasks(of fulfillment: Fulfillment) throws(Fault) -> [WorkTask] {
        var tasks = try database.rows(
            """
            SELECT kind, status, worker, reason, finished_at FROM finished_tasks WHERE fulfillment = $1 ORDER BY kind
            """, [.id(fulfillment.id)]
        ) { row throws(Fault) in
            guard let kind = WorkKind(rawValue: row.integer(0)), let status = WorkStatus(rawValue: row.integer(1))
            else { throw WarehouseRows.unreadable("finished_tasks", fulfillment.id.rawValue) }
            return WorkTask(
                kind: kind, fulfillmentID: fulfillment.id, orderID: fulfillment.orderID,
                warehouseID: fulfillment.warehouseID, status: status, worker: row.optionalText(2),
                reason: row.optionalText(3), since: row.instant(4))
        }
        if let open = fulfillment.task { tasks.append(open) }
        if fulfillment.step == .picking {
            tasks.append(
                WorkTask(
                    kind: .pack, fulfillmentID: fulfillment.id, orderID: fulfillment.orderID,
                    warehouseID: fulfillment.warehouseID, status: .waiting, worker: nil, since: fulfillment.since))
        }
        return tasks
    }

    /// A task, open, waiting or finished; `nil` when there is none with this id.
    public func task(_ id: WorkTaskID) throws(Fault) -> WorkTask? {
        let (kind, fulfillmentID) = WorkTask.parts(of: id)
        return try fulfillment(fulfillmentID)?.tasks.first { $0.kind == kind }
    }

    /// A page of the open tasks of one kind, the longest waiting first.
    public func openTasks(
        _ kind: WorkKind, in warehouse: WarehouseID? = nil, status: WorkStatus? = nil, after: WorkCursor? = nil,
        limit: Int
    ) throws(Fault) -> [WorkTask] {
        try open(kind.step, warehouse, status, after, limit).compactMap(\.task)
    }

    /// A page of the fulfillment orders whose parcels wait for their carrier, the longest waiting first.
    public func readyForHandover(
        in warehouse: WarehouseID? = nil, after: WorkCursor? = nil, limit: Int
    ) throws(Fault) -> [Fulfillment] {
        try open(.labelled, warehouse, nil, after, limit)
    }

    private func open(
        _ step: FulfillmentStep, _ warehouse: WarehouseID?, _ status: WorkStatus?, _ after: WorkCursor?, _ limit: Int
    ) throws(Fault) -> [Fulfillment] {
        // The first term lets SQLite see that the partial index has what is asked for.
        try database.rows(
            """
            SELECT \(WarehouseRows.fulfillmentColumns) FROM fulfillments
            WHERE step IN (2, 3, 5, 9, 10) AND step = $1
                AND (since > $2 OR (since = $2 AND id > $3))
                AND ($4 = 0 OR warehouse = $4) AND ($5 < 0 OR task_status = $5)
            ORDER BY since, id LIMIT $6
            """,
            [
                .integer(step.rawValue), .integer(after?.since.milliseconds ?? .min),
                .integer(after?.fulfillmentID.rawValue ?? 0), .integer(warehouse?.rawValue ?? 0),
                .integer(status?.rawValue ?? -1), .int(limit.asPageSize),
            ], WarehouseRows.fulfillment)
    }

    /// How many fulfillment orders are in each step in which somebody can work on them.
    public func openWork() throws(Fault) -> [FulfillmentStep: Int] {
        var counts: [FulfillmentStep: Int] = [:]
        try database.query(
            "SELECT step, count(*) FROM fulfillments WHERE step IN (2, 3, 5, 9, 10) GROUP BY step", []
        ) { row in
            if let step = FulfillmentStep(rawValue: row.integer(0)) { counts[step] = row.int(1) }
        }
        return counts
    }
}

extension WorkKind {
    var step: FulfillmentStep {
        switch self {
        case .pick: .picking
        case .pack: .packing
        case .putBack: .puttingBack
        case .receive: .returning
        }
    }
}
