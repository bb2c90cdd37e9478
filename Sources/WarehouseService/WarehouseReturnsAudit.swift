/// What must hold for customers' returns.
extension WarehouseAudit {
    static let returnsEqualLedger = Check(
        name: "what came back for a return is what its ledger entries say", subject: "return",
        figure: "SELECT count(*) FROM returns WHERE received_at IS NOT NULL",
        offenders: """
            SELECT id, 'product ' || product || ': ' || sum(here) || ' received, ' || sum(booked) || ' in the ledger'
            FROM (
                SELECT r.id AS id, u.product AS product, u.quantity AS here, 0 AS booked
                FROM returns r JOIN return_units u ON u.return_id = r.id
                WHERE u.disposition IN (1, 2, 3)
                UNION ALL
                SELECT r.id, l.product, 0, l.quantity
                FROM ledger l JOIN returns r ON r.reference = l.reference AND r.warehouse = l.warehouse
                WHERE l.kind = 13 AND l.document_kind = 3
            ) both_sides
            GROUP BY id, product HAVING sum(here) <> sum(booked)
            """)

    static let unitsComeBackOnce = Check(
        name: "no unit is received twice", subject: "return",
        figure: "SELECT count(*) FROM return_units",
        offenders: """
            SELECT a.return_id, 'line ' || a.line || ' also in ' || b.return_id
            FROM return_units a JOIN returns ra ON ra.id = a.return_id
                JOIN returns rb ON rb.order_id = ra.order_id
                JOIN return_units b ON b.return_id = rb.id AND b.line = a.line
            WHERE a.disposition IN (1, 2, 3) AND b.disposition IN (1, 2, 3)
                AND a.first < b.first + b.quantity AND b.first < a.first + a.quantity
                AND (a.return_id < b.return_id OR (a.return_id = b.return_id AND a.first < b.first))
            """)
}
