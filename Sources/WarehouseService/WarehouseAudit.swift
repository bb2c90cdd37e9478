import Kernel
import Ports
import Runtime
import Warehouse

/// Warehouse's own invariants, checked on its tables.
///
/// Each check is one statement whose memory does not grow with the number of orders; the time grows with the tables.
public enum WarehouseAudit {
    public static func audit(_ database: any DatabaseConnection) throws(Fault) -> [AuditCheck] {
        try checks.map { check throws(Fault) in
            let offenders = try database.rows(check.offenders + " LIMIT 10") { row in
                "\(check.subject) \(row.text(0))" + (row.isNull(1) ? "" : ": \(row.text(1))")
            }
            return AuditCheck(name: check.name, figure: try database.integer(check.figure), offenders: offenders)
        }
    }

    struct Check: Sendable {
        let name: String
        /// What the first column of `offenders` identifies.
        let subject: String
        let figure: String
        /// Two columns: which, and what is wrong with it.
        let offenders: String
    }

    static let checks: [Check] = [
        noStockIsPromisedTwice, countersEqualLedger, ledgerIsDense, reversalsMatch, allocationsEqualCounter,
        holdsEqualCounter, stoppedOrdersHoldNothing, unitsEqualAllocations, stepsHaveTheirDocuments,
        returnsEqualLedger, unitsComeBackOnce,
    ]

    private static func list(_ steps: (FulfillmentStep) -> Bool) -> String {
        FulfillmentStep.allCases.filter(steps).map { "\($0.rawValue)" }.joined(separator: ", ")
    }

    private static let stockCount = "SELECT count(*) FROM stock"
    private static let place = "product || ' in ' || warehouse"

    static let noStockIsPromisedTwice = Check(
        name: "no stock is promised twice", subject: "stock", figure: stockCount,
        offenders: """
            SELECT \(place), 'available ' ||
                (on_hand - held - allocated - damaged - quality_control - quarantined - safety)
            FROM stock
            WHERE held + allocated + damaged + quality_control + quarantined + safety > on_hand OR picked > allocated
                OR on_hand < 0 OR held < 0 OR allocated < 0 OR picked < 0 OR damaged < 0 OR quality_control < 0
                OR quarantined < 0 OR safety < 0 OR incoming < 0
            """)

    /// The sum of a ledger's effect on one counter, from the same definition that decisions use.
    static func sum(_ effect: (LedgerEffect) -> Int, counter only: StockCounter? = nil) -> String {
        var cases = ""
        for kind in LedgerKind.allCases {
            for counter in StockCounter.allCases where only == nil || counter == only {
                let factor = effect(LedgerEffect(kind, counter))
                guard factor != 0 else { continue }
                cases += " WHEN \(kind.rawValue * 10 + counter.rawValue) THEN \(factor) * quantity"
            }
        }
        return "sum(CASE kind * 10 + counter\(cases) ELSE 0 END)"
    }

    static let countersEqualLedger = Check(
        name: "each stock counter is the sum of its ledger", subject: "stock", figure: "SELECT count(*) FROM ledger",
        offenders: """
            SELECT s.product || ' in ' || s.warehouse, 'on hand ' || s.on_hand || ', by the ledger ' ||
                coalesce(l.on_hand, 0)
            FROM stock s LEFT JOIN (
                SELECT product, warehouse, \(sum(\.onHand)) AS on_hand, \(sum(\.held)) AS held,
                    \(sum(\.allocated)) AS allocated, \(sum(\.picked)) AS picked,
                    \(sum(\.counter, counter: .damaged)) AS damaged,
                    \(sum(\.counter, counter: .qualityControl)) AS quality_control,
                    \(sum(\.counter, counter: .quarantined)) AS quarantined,
                    \(sum(\.counter, counter: .safety)) AS safety,
                    \(sum(\.counter, counter: .incoming)) AS incoming
                FROM ledger GROUP BY product, warehouse
            ) l ON l.product = s.product AND l.warehouse = s.warehouse
            WHERE s.on_hand <> coalesce(l.on_hand, 0) OR s.held <> coalesce(l.held, 0)
                OR s.allocated <> coalesce(l.allocated, 0) OR s.picked <> coalesce(l.picked, 0)
                OR s.damaged <> coalesce(l.damaged, 0) OR s.quality_control <> coalesce(l.quality_control, 0)
                OR s.quarantined <> coalesce(l.quarantined, 0) OR s.safety <> coalesce(l.safety, 0)
                OR s.incoming <> coalesce(l.incoming, 0)
            """)

    static let ledgerIsDense = Check(
        name: "no ledger entry is missing", subject: "stock", figure: stockCount,
        offenders: """
            SELECT l.product || ' in ' || l.warehouse, l.n || ' entries, numbered to ' || l.last
            FROM (
                SELECT product, warehouse, count(*) AS n, max(number) AS last FROM ledger GROUP BY product, warehouse
            ) l LEFT JOIN stock s ON s.product = l.product AND s.warehouse = l.warehouse
            WHERE l.n <> l.last OR s.entries IS NULL OR s.entries <> l.n
            """)

    static let reversalsMatch = Check(
        name: "each reversal names an entry that it can take back", subject: "ledger entry",
        figure: "SELECT count(*) FROM ledger WHERE reverses IS NOT NULL",
        offenders: """
            SELECT r.product || ' in ' || r.warehouse || ' number ' || r.number, 'reverses ' || r.reverses
            FROM ledger r LEFT JOIN ledger o
                ON o.product = r.product AND o.warehouse = r.warehouse AND o.number = r.reverses
            WHERE r.reverses IS NOT NULL AND (o.number IS NULL OR o.quantity < r.quantity
                OR o.document <> r.document OR NOT (\(reversalPairs)))
            """)

    private static var reversalPairs: String {
        LedgerKind.allCases.flatMap { kind in
            kind.reversedBy.sorted { $0.rawValue < $1.rawValue }.map {
                "(o.kind = \(kind.rawValue) AND r.kind = \($0.rawValue))"
            }
        }.joined(separator: " OR ")
    }

    static let allocationsEqualCounter = Check(
        name: "allocated and picked stock belongs to fulfillment orders", subject: "stock",
        figure: "SELECT count(*) FROM allocations",
        offenders: """
            SELECT product || ' in ' || warehouse, 'allocated ' || sum(counted) || ', to fulfillment orders ' ||
                sum(promised)
            FROM (
                SELECT product, warehouse, allocated AS counted, picked AS off_shelf, 0 AS promised, 0 AS taken
                FROM stock
                UNION ALL
                SELECT a.product, f.warehouse, 0, 0, sum(a.quantity),
                    sum(CASE WHEN f.step IN (\(list(\.holdsPicked))) THEN a.quantity ELSE 0 END)
                FROM fulfillments f JOIN allocations a ON a.fulfillment = f.id
                WHERE f.step IN (\(list(\.holdsStock))) GROUP BY a.product, f.warehouse
            ) both_sides
            GROUP BY product, warehouse HAVING sum(counted) <> sum(promised) OR sum(off_shelf) <> sum(taken)
            """)

    static let holdsEqualCounter = Check(
        name: "held stock belongs to live holds", subject: "stock", figure: "SELECT count(*) FROM holds",
        offenders: """
            SELECT product || ' in ' || warehouse, 'held ' || sum(counted) || ', by holds ' || sum(kept)
            FROM (
                SELECT product, warehouse, held AS counted, 0 AS kept FROM stock
                UNION ALL
                SELECT l.product, l.warehouse, 0, sum(l.quantity) FROM holds h JOIN hold_lines l ON l.hold = h.id
                WHERE h.status = 1 GROUP BY l.product, l.warehouse
            ) both_sides
            GROUP BY product, warehouse HAVING sum(counted) <> sum(kept)
            """)

    static let stoppedOrdersHoldNothing = Check(
        name: "stopped orders hold nothing but what is on its way back to the shelf", subject: "order",
        figure: "SELECT count(*) FROM orders WHERE is_stopped <> 0",
        offenders: """
            SELECT o.id, 'fulfillment ' || f.id || ' in step ' || f.step
            FROM orders o JOIN fulfillments f ON f.order_id = o.id
            WHERE o.is_stopped <> 0 AND f.step NOT IN (\(list { $0 == .cancelled || $0 == .puttingBack
                || $0 == .incomplete }))
            """)

    static let unitsEqualAllocations = Check(
        name: "a fulfillment order has the units that its lines say", subject: "fulfillment",
        figure: "SELECT count(*) FROM fulfillments",
        offenders: """
            SELECT f.id, 'units ' || f.units || ', by lines ' || coalesce(sum(a.quantity), 0)
            FROM fulfillments f LEFT JOIN allocations a ON a.fulfillment = f.id
            GROUP BY f.id, f.units, f.step
            HAVING f.units <> coalesce(sum(a.quantity), 0)
                OR (f.units = 0) <> (f.step = \(FulfillmentStep.incomplete.rawValue))
            """)

    /// What must have been done before a step can be reached: picked before packing, parcels and a carrier later. Parcels
    /// that were back before their handover was noted are never left on the road.
    static let stepsHaveTheirDocuments = Check(
        name: "a fulfillment order has come to its step by doing the work before it", subject: "fulfillment",
        figure: "SELECT count(*) FROM fulfillments",
        offenders: """
            SELECT f.id, 'step ' || f.step FROM fulfillments f
            WHERE (f.step IN (3, 4, 5, 6, 9, 10, 11) AND NOT EXISTS (
                    SELECT 1 FROM finished_tasks t WHERE t.fulfillment = f.id AND t.kind = 0 AND t.status IN (4, 5)))
                OR (f.step IN (4, 5, 6, 10, 11) AND NOT EXISTS (
                    SELECT 1 FROM packages p WHERE p.fulfillment = f.id))
                OR (f.step IN (5, 6, 10, 11) AND f.carrier IS NULL)
                OR (f.step = 7 AND NOT EXISTS (
                    SELECT 1 FROM finished_tasks t WHERE t.fulfillment = f.id AND t.kind = 0 AND t.status = 5))
                OR (f.step = 11 AND NOT EXISTS (
                    SELECT 1 FROM finished_tasks t WHERE t.fulfillment = f.id AND t.kind = 3 AND t.status = 4))
                OR (f.step = 6 AND f.came_back_early <> 0)
                OR (f.task_status IN (2, 3) AND f.worker IS NULL)
                OR (f.task_status <> 0) <> (f.step IN (2, 3, 9, 10))
            """)
}
