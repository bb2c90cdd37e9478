import BPMN
import Kernel
import Orders
import Ports
import Runtime

/// Orders' share of the invariants, checked over its own tables. Bounded in memory: figures are aggregates, offenders
/// are the first ten, units are compared order by order as the rows stream by.
public struct OrdersAudit {
    private let reader: ProcessReader

    /// - Parameter reader: of the thread that audits.
    public init(_ reader: ProcessReader) { self.reader = reader }

    /// How many running processes are opened to see what they wait for, the newest first.
    private static let openedMax = 2000
    /// How many orders are held against their events, the newest first.
    private static let retoldMax = 20_000

    public func audit(_ database: any DatabaseConnection) throws(Fault) -> [AuditCheck] {
        [
            try everyOrderHasItsProcess(database), try statesAgree(database), try everyProcessWaits(database),
            try endedOrdersHoldNothing(database), try moneyIsInOrder(database), try linesAddUp(database),
            try capturesAddUp(database), try unitsAreWorthWhatWasCaptured(database),
            try everyUnitHasOneFate(database), try returnsAreRefunded(database),
            try unitsComeBackOnce(database), try capturedOnce(database), try stateIsWhatEventsSay(database),
        ]
    }

    private func check(
        _ name: String, _ database: any DatabaseConnection, figure: String, offenders: String
    ) throws(Fault) -> AuditCheck {
        let found = try database.rows("\(offenders) LIMIT 10") { row in
            "\(OrderID(rawValue: row.integer(0))): \(row.text(1))"
        }
        return AuditCheck(name: "orders: \(name)", figure: try database.integer(figure), offenders: found)
    }

    // MARK: Invariant 2: one process per order, waiting for something named

    private func everyOrderHasItsProcess(_ database: any DatabaseConnection) throws(Fault) -> AuditCheck {
        try check(
            "every order has one process", database, figure: "SELECT count(*) FROM orders",
            offenders: """
                SELECT id, problem FROM (
                    SELECT orders.id AS id, 'has no process' AS problem FROM orders
                    LEFT JOIN process_instances ON process_instances.order_id = orders.id
                    WHERE process_instances.order_id IS NULL AND orders.state < 4
                    UNION ALL
                    SELECT process_instances.order_id AS id, 'is a process without an order' AS problem
                    FROM process_instances LEFT JOIN orders ON orders.id = process_instances.order_id
                    WHERE orders.id IS NULL
                ) AS problems ORDER BY id
                """)
    }

    private func statesAgree(_ database: any DatabaseConnection) throws(Fault) -> AuditCheck {
        try check(
            "an order has ended exactly when its process has", database, figure: "SELECT count(*) FROM orders",
            offenders: """
                SELECT orders.id, CASE WHEN process_instances.ended = 1 THEN 'its process has ended, it has not'
                    ELSE 'it has ended, its process has not' END
                FROM orders JOIN process_instances ON process_instances.order_id = orders.id
                WHERE (orders.state >= 4) <> (process_instances.ended = 1) ORDER BY orders.id
                """)
    }

    private func everyProcessWaits(_ database: any DatabaseConnection) throws(Fault) -> AuditCheck {
        var open: [OrderID] = []
        for state in OrderState.allCases where !state.isTerminal {
            open += try database.rows(
                "SELECT id FROM orders WHERE state = $1 ORDER BY id DESC LIMIT $2",
                [.integer(state.rawValue), .int(Self.openedMax - open.count)]
            ) { $0.id(0) }
        }
        var offenders: [String] = []
        for id in open where offenders.count < 10 {
            do throws(Fault) {
                guard let instance = try reader.instance(of: id, database) else { continue }
                let waits =
                    !instance.jobs.isEmpty || !instance.messageSubscriptions.isEmpty || instance.nextDueAt != nil
                    || !instance.incidents.isEmpty
                if !waits { offenders.append("\(id): waits for nothing") }
            } catch  where !error.isRetryable {
                // One process that cannot be read must not keep all others from being checked.
                offenders.append("\(id): \(error.code)")
            }
        }
        return AuditCheck(
            name: "orders: every running process waits for a job, a message, a timer or a person",
            figure: Int64(open.count), offenders: offenders)
    }

    // MARK: Invariant 3: what is rejected or cancelled holds nothing

    private func endedOrdersHoldNothing(_ database: any DatabaseConnection) throws(Fault) -> AuditCheck {
        try check(
            "what is rejected or cancelled holds no stock and no money", database,
            figure: "SELECT count(*) FROM orders WHERE state IN (5, 6)",
            offenders: """
                SELECT id, problem FROM (
                    SELECT id, 'captured ' || captured AS problem FROM orders WHERE state IN (5, 6) AND captured <> 0
                    UNION ALL
                    SELECT id, 'authorized ' || authorized || ', voided ' || voided AS problem FROM orders
                    WHERE state IN (5, 6) AND authorized <> captured + voided
                        AND NOT EXISTS (SELECT 1 FROM effects WHERE kind = 3 AND subject = orders.id AND status = 0)
                    UNION ALL
                    SELECT orders.id AS id, 'fulfillment ' || fulfillments.id || ' has status ' || fulfillments.status
                        AS problem
                    FROM orders JOIN fulfillments ON fulfillments.order_id = orders.id
                    WHERE orders.state IN (5, 6) AND fulfillments.status NOT IN (6, 7)
                ) AS problems ORDER BY id
                """)
    }

    // MARK: Invariant 4: money

    private func moneyIsInOrder(_ database: any DatabaseConnection) throws(Fault) -> AuditCheck {
        try check(
            "authorized ≥ captured ≥ refunded, and a completed order has nothing open", database,
            figure: "SELECT count(*) FROM orders WHERE authorized > 0",
            offenders: """
                SELECT id, 'authorized ' || authorized || ', captured ' || captured || ', voided ' || voided
                    || ', refunded ' || refunded
                FROM orders
                WHERE authorized < captured + voided OR captured < refunded OR authorized > total
                    OR (state = 4 AND authorized <> captured + voided)
                ORDER BY id
                """)
    }

    private func linesAddUp(_ database: any DatabaseConnection) throws(Fault) -> AuditCheck {
        try check(
            "the lines add up to the total", database, figure: "SELECT count(*) FROM order_lines",
            offenders: """
                SELECT orders.id, 'total ' || orders.total || ', lines ' || lines.sum
                FROM orders JOIN
                    (SELECT order_id, sum(allocated) AS sum FROM order_lines GROUP BY order_id) AS lines
                    ON lines.order_id = orders.id
                WHERE lines.sum <> orders.total ORDER BY orders.id
                """)
    }

    private func capturesAddUp(_ database: any DatabaseConnection) throws(Fault) -> AuditCheck {
        try check(
            "captured and refunded are the sums over the fulfillments", database,
            figure: "SELECT count(*) FROM fulfillments",
            offenders: """
                SELECT orders.id, 'captured ' || orders.captured || ', fulfillments ' || sums.captured
                    || '; refunded ' || orders.refunded || ', fulfillments ' || sums.refunded
                FROM orders JOIN
                    (SELECT order_id, sum(captured) AS captured, sum(refunded) AS refunded FROM fulfillments
                        GROUP BY order_id) AS sums
                    ON sums.order_id = orders.id
                WHERE sums.captured <> orders.captured OR sums.refunded <> orders.refunded ORDER BY orders.id
                """)
    }

    /// Recomputed from the lines: not from what a fulfillment row says its units are worth.
    private func unitsAreWorthWhatWasCaptured(_ database: any DatabaseConnection) throws(Fault) -> AuditCheck {
        var figure: Int64 = 0
        var offenders: [String] = []
        try eachOrder(database) { order, lines throws(Fault) in
            for fulfillment in order.fulfillments where fulfillment.captured > 0 || order.state == .completed {
                figure += 1
                let isShipped = fulfillment.status == .handedOver
                let value = isShipped ? try lines.value(of: fulfillment.units) : 0
                if fulfillment.captured != value, offenders.count < 10 {
                    offenders.append(
                        "\(order.id): \(fulfillment.id) captured \(fulfillment.captured), its units are worth \(value)")
                }
            }
        }
        return AuditCheck(
            name: "orders: captured is the value of the units handed over", figure: figure, offenders: offenders)
    }

    private func everyUnitHasOneFate(_ database: any DatabaseConnection) throws(Fault) -> AuditCheck {
        var figure: Int64 = 0
        var offenders: [String] = []
        try eachOrder(database) { order, _ in
            guard order.state == .completed, order.hasGoods else { return }
            figure += Int64(order.goodsCount)
            let shipped = order.fulfillments.filter { $0.status == .handedOver }.flatMap(\.units)
            let all = shipped.union(order.cancelledUnits)
            let isTwice = shipped.unitCount + order.cancelledUnits.unitCount != all.unitCount
            if (isTwice || all.unitCount != order.goodsCount), offenders.count < 10 {
                offenders.append(
                    "\(order.id): \(order.goodsCount) units, \(shipped.unitCount) shipped, "
                        + "\(order.cancelledUnits.unitCount) cancelled")
            }
        }
        return AuditCheck(
            name: "orders: every unit of a completed order was handed over or cancelled, once", figure: figure,
            offenders: offenders)
    }

    // MARK: Invariant 5: nothing is done twice

    private func capturedOnce(_ database: any DatabaseConnection) throws(Fault) -> AuditCheck {
        try check(
            "no payment step of an order or fulfillment succeeded twice", database,
            figure: "SELECT count(*) FROM effects WHERE kind BETWEEN 1 AND 4",
            offenders: """
                SELECT min(entity), 'kind ' || kind || ' succeeded ' || count(*) || ' times' FROM effects
                WHERE kind BETWEEN 1 AND 4 AND status = 1
                GROUP BY kind, subject, sequence % 4 HAVING count(*) > 1 ORDER BY 1
                """)
    }

    // MARK: Invariant 7: a row says what its events say

    /// Of the events that are still kept: the oldest go first, so what the last ones say is the whole story.
    private func stateIsWhatEventsSay(_ database: any DatabaseConnection) throws(Fault) -> AuditCheck {
        let newest = "(SELECT id, state FROM orders ORDER BY id DESC LIMIT \(Self.retoldMax))"
        return try check(
            "an order's state is what its events say", database, figure: "SELECT count(*) FROM \(newest) AS newest",
            offenders: """
                SELECT id, 'is in state ' || state || ', its last event says ' || said FROM (
                    SELECT newest.id AS id, newest.state AS state, max(CASE events.type
                        WHEN 'OrderCreated' THEN 1 WHEN 'OrderConfirmed' THEN 2 WHEN 'OrderCompleted' THEN 4
                        WHEN 'OrderRejected' THEN 5 ELSE 6 END) AS said
                    FROM \(newest) AS newest JOIN events ON events.key = newest.id
                    WHERE events.type IN
                        ('OrderCreated', 'OrderConfirmed', 'OrderCompleted', 'OrderRejected', 'OrderCancelled')
                    GROUP BY newest.id, newest.state
                ) AS told
                WHERE said <> CASE state WHEN 3 THEN 2 ELSE state END ORDER BY id
                """)
    }

    /// Orders that have fulfillments, oldest first, each with its fulfillments, returns and lines, a bounded number at a
    /// time.
    func eachOrder(
        _ database: any DatabaseConnection, _ body: (Order, [OrderLine]) throws(Fault) -> Void
    ) throws(Fault) {
        var last: Int64 = 0
        while true {
            var orders = try database.rows(
                """
                SELECT \(OrderRow.columns) FROM orders WHERE id > $1 AND state IN (2, 3, 4) ORDER BY id LIMIT 500
                """, [.integer(last)]
            ) { row throws(Fault) in try OrderRow.read(row) }
            guard let end = orders.last?.id.rawValue else { return }
            last = end
            let ids = orders.map { [SQLValue.id($0.id)] }
            var place = 0
            try database.queryEach(FulfillmentRow.ofOrder, ids) { row throws(Fault) in
                while orders[place].id.rawValue != row.integer(0) { place += 1 }
                orders[place].fulfillments.append(try FulfillmentRow.read(row))
            }
            var lines = [[OrderLine]](repeating: [], count: orders.count)
            var next = 0
            try database.queryEach(LineRow.ofOrder, ids) { row throws(Fault) in
                while orders[next].id.rawValue != row.integer(0) { next += 1 }
                lines[next].append(try LineRow.read(row))
            }
            try OrdersQueries.loadReturns(&orders, database)
            for (index, order) in orders.enumerated() { try body(order, lines[index]) }
        }
    }
}
