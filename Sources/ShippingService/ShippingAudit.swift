import Kernel
import Ports
import Runtime
import Shipping

/// Shipping's own invariants, checked against its tables. Nothing is held in memory but one shipment at a time.
public enum ShippingAudit {
    /// - Throws: as ``DatabaseConnection`` says, and `malformed_row`.
    public static func audit(
        _ database: any DatabaseConnection, policy: ShippingPolicy = .standard
    ) throws(Fault) -> [AuditCheck] {
        [
            try noShipmentHasTwoLabels(database), try everyLabelIsBooked(database),
            try cancelledLabelsAreVoid(database), try waitingShipmentsHaveAnEffect(database),
            try statusIsTheFold(database, policy),
        ]
    }

    private static func check(
        _ name: String, figure: String, offenders: String, _ database: any DatabaseConnection,
        _ describe: (any SQLRow) -> String
    ) throws(Fault) -> AuditCheck {
        AuditCheck(
            name: "shipping: \(name)", figure: try database.integer(figure),
            offenders: try database.rows(offenders, []) { describe($0) })
    }

    /// By what carriers told us: however the row came to be, two bookings that succeeded are two labels.
    private static func noShipmentHasTwoLabels(_ database: any DatabaseConnection) throws(Fault) -> AuditCheck {
        try check(
            "no shipment has two labels",
            figure: "SELECT count(*) FROM effects WHERE kind = \(EffectKind.bookShipment.rawValue) AND status = 1",
            offenders: """
                SELECT subject, count(*) FROM effects
                WHERE kind = \(EffectKind.bookShipment.rawValue) AND status = 1
                GROUP BY subject HAVING count(*) > 1 ORDER BY subject LIMIT 10
                """, database
        ) { "\($0.id(0, ShipmentKind.self)): \($0.integer(1)) labels" }
    }

    /// Calls are removed some time after they ended: of older shipments the evidence is gone.
    private static let hasAllItsEffects = """
        requested_at > (SELECT coalesce(max(up_to), 0) FROM removals
            WHERE subject = \(RemovalTable.Subject.effects.rawValue))
        """

    /// And none has a number that no carrier gave.
    private static func everyLabelIsBooked(_ database: any DatabaseConnection) throws(Fault) -> AuditCheck {
        let bookings = """
            (SELECT count(*) FROM effects WHERE kind = \(EffectKind.bookShipment.rawValue)
                AND subject = shipments.id AND sequence = shipments.attempt AND status = 1)
            """
        return try check(
            "a shipment has a tracking number where its last booking succeeded, and only there",
            figure: "SELECT count(*) FROM shipments",
            offenders: """
                SELECT id, tracking_number, \(bookings) FROM shipments
                WHERE (tracking_number IS NOT NULL) <> (\(bookings) = 1) AND \(hasAllItsEffects)
                ORDER BY id LIMIT 10
                """, database
        ) { row in
            "\(row.id(0, ShipmentKind.self)): number \(row.optionalText(1) ?? "none"), \(row.integer(2)) bookings"
        }
    }

    private static func cancelledLabelsAreVoid(_ database: any DatabaseConnection) throws(Fault) -> AuditCheck {
        try check(
            "the labels of cancelled shipments are void, or the carrier refused to void them",
            figure: "SELECT count(*) FROM shipments WHERE label BETWEEN 5 AND 6",
            offenders: """
                SELECT id, label FROM shipments WHERE label BETWEEN 5 AND 6 AND NOT EXISTS
                    (SELECT 1 FROM effects WHERE kind = \(EffectKind.voidShipment.rawValue) AND subject = shipments.id
                        AND sequence = shipments.attempt
                        AND status = CASE shipments.label WHEN 5 THEN 1 ELSE 2 END)
                    AND \(hasAllItsEffects)
                ORDER BY id LIMIT 10
                """, database
        ) { row in
            let label = LabelState(rawValue: row.integer(1))?.name ?? "\(row.integer(1))"
            return "\(row.id(0, ShipmentKind.self)): \(label) without the carrier's word"
        }
    }

    private static func waitingShipmentsHaveAnEffect(_ database: any DatabaseConnection) throws(Fault) -> AuditCheck {
        try check(
            "whatever waits for a carrier has a call that is not ended",
            figure: "SELECT count(*) FROM shipments WHERE label IN (0, 1, 2, 4)",
            offenders: """
                SELECT id, label FROM shipments WHERE label IN (0, 1, 2, 4) AND NOT EXISTS
                    (SELECT 1 FROM effects WHERE subject = shipments.id AND sequence = shipments.attempt
                        AND status = 0 AND kind = CASE shipments.label
                            WHEN 4 THEN \(EffectKind.voidShipment.rawValue)
                            ELSE \(EffectKind.bookShipment.rawValue) END)
                ORDER BY id LIMIT 10
                """, database
        ) { row in
            let label = LabelState(rawValue: row.integer(1))?.name ?? "\(row.integer(1))"
            return "\(row.id(0, ShipmentKind.self)): \(label), and no call is open"
        }
    }

    private static func statusIsTheFold(
        _ database: any DatabaseConnection, _ policy: ShippingPolicy
    ) throws(Fault) -> AuditCheck {
        var folding = FoldCheck(policy: policy)
        try database.query(
            """
            SELECT shipments.id, fingerprint, shipment_events.carrier, shipment_events.status, occurred_at,
                shipment_events.latitude, shipment_events.longitude, shipment_events.reason,
                shipment_events.attempt, shipment_events.eta, shipment_events.proof,
                shipments.status, shipments.failed_attempts, shipments.label
            FROM shipments LEFT JOIN shipment_events ON shipment_events.shipment_id = shipments.id
            ORDER BY shipments.id
            """, []
        ) { row throws(Fault) in try folding.take(row) }
        folding.finish()
        return AuditCheck(
            name: "shipping: a shipment's status is the fold of its reports", figure: folding.figure,
            offenders: folding.offenders)
    }
}

/// Folds one shipment after the other while the rows stream by.
private struct FoldCheck {
    let policy: ShippingPolicy
    var figure: Int64 = 0
    var offenders: [String] = []
    private var current: (id: ShipmentID, status: Int64, attempts: Int, label: LabelState?)?
    private var events: [TrackingEvent] = []

    init(policy: ShippingPolicy) { self.policy = policy }

    mutating func take(_ row: any SQLRow) throws(Fault) {
        let id = row.id(0, ShipmentKind.self)
        if current?.id != id {
            finish()
            current = (id, row.integer(11), row.int(12), LabelState(rawValue: row.integer(13)))
        }
        if !row.isNull(1) { events.append(try ReportTable.event(row)) }
    }

    mutating func finish() {
        guard let current else { return }
        figure += 1
        let state = TrackingFold.fold(events, maximumAttempts: policy.maximumAttempts)
        let status = current.label?.isCancelled == true ? ShipmentStatus.cancelled : state.status
        if (status.rawValue, state.failedAttempts) != (current.status, current.attempts), offenders.count < 10 {
            let stored = ShipmentStatus(rawValue: current.status)?.name ?? "\(current.status)"
            offenders.append(
                "\(current.id): \(stored) after \(current.attempts) failed attempts, but its reports say "
                    + "\(status.name) after \(state.failedAttempts)")
        }
        self.current = nil
        events.removeAll(keepingCapacity: true)
    }
}
