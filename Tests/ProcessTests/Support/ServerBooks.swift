import Contracts
import Kernel
import Ports
import SQLiteStore

/// What Doorstep has in its own tables.
struct ServerBooks {
    struct Order {
        let id: String
        let state: Int64
        let authorization: String?
        let authorized: Int64
        let captured: Int64
        let refunded: Int64
        let voided: Int64

        var isTerminal: Bool { state >= 4 }
        var isCompleted: Bool { state == 4 }
    }

    struct Shipment {
        let id: String
        let carrier: String
        let trackingNumber: String?
        /// As `LabelState` numbers them: 3 booked, 5 voided, 7 none.
        let label: Int64
    }

    var orders: [Order]
    var shipments: [Shipment]
    /// References of the effects that are done, by kind.
    var doneEffects: [EffectKind: Set<String>] = [:]
    var pendingEffects: Int64 = 0
    /// Of webhook messages: id and status, 1 for delivered.
    var deliveries: [String: Int64] = [:]
    var deadLetters: Int64 = 0
    /// Pieces in all warehouses.
    let piecesOnHand: Int64
    /// Value of what was handed over, and of what came back into stock.
    let capturedValue: Int64
    let restockedValue: Int64

    /// - Parameter dataPath: of a server that runs or not.
    init(_ dataPath: String) throws(Fault) {
        try self.init { SQLiteDatabase(path: "\(dataPath)/\($0).db") }
    }

    /// - Parameter database: of a service, by its name.
    init(_ database: (String) -> any Database) throws(Fault) {
        let orders = try database("orders").connect(.read)
        defer { orders.close() }
        let warehouse = try database("warehouse").connect(.read)
        defer { warehouse.close() }
        let shipping = try database("shipping").connect(.read)
        defer { shipping.close() }
        self.orders = try orders.rows(
            "SELECT id, state, authorization_id, authorized, captured, refunded, voided FROM orders ORDER BY id"
        ) { row in
            Order(
                id: row.id(0, OrderKind.self).text, state: row.integer(1), authorization: row.optionalText(2),
                authorized: row.integer(3), captured: row.integer(4), refunded: row.integer(5),
                voided: row.integer(6))
        }
        shipments = try shipping.rows("SELECT id, carrier, tracking_number, label FROM shipments ORDER BY id") { row in
            Shipment(
                id: row.id(0, ShipmentKind.self).text, carrier: row.text(1), trackingNumber: row.optionalText(2),
                label: row.integer(3))
        }
        piecesOnHand = try warehouse.integer("SELECT sum(on_hand) FROM stock")
        capturedValue = try orders.integer("SELECT sum(captured) FROM fulfillments")
        restockedValue = try orders.integer("SELECT sum(captured) FROM fulfillments WHERE restocked = 1")
        try orders.query("SELECT message_id, status FROM webhook_deliveries", []) { row in
            deliveries[row.text(0)] = row.integer(1)
        }
        for database in [orders, warehouse, shipping] {
            deadLetters += try database.integer("SELECT count(*) FROM dead_letters WHERE discarded_because IS NULL")
            pendingEffects += try database.integer("SELECT count(*) FROM effects WHERE status = 0")
            try database.query("SELECT kind, subject, sequence FROM effects WHERE status = 1", []) { row in
                guard let kind = EffectKind(rawValue: row.integer(0)) else { return }
                doneEffects[kind, default: []].insert(EffectKey(kind, row.integer(1), row.integer(2)).reference)
            }
        }
    }

    var openOrders: Int { orders.count { !$0.isTerminal } }
}
