import BPMN
import Contracts
import Kernel
import Orders
import Ports
import Runtime

/// What people and APIs ask of Orders, over a connection for reading.
public enum OrdersQueries {
    /// - Returns: `nil` when there is no such order.
    public static func order(_ id: OrderID, _ database: any DatabaseConnection) throws(Fault) -> OrderView? {
        try view("id = $1", [.id(id)], database)
    }

    /// The order that a tracking token shows.
    public static func order(
        tracking token: TrackingToken, _ database: any DatabaseConnection
    ) throws(Fault) -> OrderView? {
        try view(
            "tracking_high = $1 AND tracking_low = $2",
            [.integer(Int64(bitPattern: token.high)), .integer(Int64(bitPattern: token.low))], database)
    }

    /// The order that a client placed under the shop's own number.
    public static func order(
        client: Int64, number: String, _ database: any DatabaseConnection
    ) throws(Fault) -> OrderView? {
        try view("client = $1 AND number = $2", [.integer(client), .text(number)], database)
    }

    /// Orders, newest first, without their lines.
    ///
    /// - Parameters:
    ///   - state: `nil` for all.
    ///   - after: the last order of the page before.
    ///   - limit: 1–200.
    public static func orders(
        state: OrderState? = nil, after: OrderID? = nil, limit: Int, _ database: any DatabaseConnection
    ) throws(Fault) -> [OrderView] {
        let end = after?.rawValue ?? .max
        var orders: [Order]
        if let state {
            orders = try database.rows(
                "SELECT \(OrderRow.columns) FROM orders WHERE state = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
                [.integer(state.rawValue), .integer(end), .int(limit)]
            ) { row throws(Fault) in try OrderRow.read(row) }
        } else {
            orders = try database.rows(
                "SELECT \(OrderRow.columns) FROM orders WHERE id < $1 ORDER BY id DESC LIMIT $2",
                [.integer(end), .int(limit)]
            ) { row throws(Fault) in try OrderRow.read(row) }
        }
        try loadFulfillments(&orders, database)
        return orders.map { OrderView(order: $0, lines: []) }
    }

    /// Orders by their ids, in their order, without their lines; those that are not known are missing.
    public static func orders(_ ids: [OrderID], _ database: any DatabaseConnection) throws(Fault) -> [OrderView] {
        var orders: [Order] = []
        try database.queryEach("SELECT \(OrderRow.columns) FROM orders WHERE id = $1", ids.map { [.id($0)] }) {
            row throws(Fault) in orders.append(try OrderRow.read(row))
        }
        try loadFulfillments(&orders, database)
        return orders.map { OrderView(order: $0, lines: []) }
    }

    /// How many orders are in each state.
    ///
    /// - Complexity: O(orders), over an index.
    public static func counts(_ database: any DatabaseConnection) throws(Fault) -> [OrderState: Int64] {
        var counts: [OrderState: Int64] = [:]
        try database.query("SELECT state, count(*) FROM orders GROUP BY state", []) { row in
            if let state = OrderState(rawValue: row.integer(0)) { counts[state] = row.integer(1) }
        }
        return counts
    }

    /// What Orders itself said about an order, oldest first.
    public static func timeline(
        of id: OrderID, _ database: any DatabaseConnection
    ) throws(Fault) -> [Envelope] {
        try LogTable.history(.orders, database, key: id.rawValue)
    }

    /// What the customer was told, oldest first.
    public static func notifications(
        of id: OrderID, _ database: any DatabaseConnection
    ) throws(Fault) -> [NotificationView] {
        try database.rows(
            """
            SELECT fulfillment_id, status, notified_at FROM notifications
            WHERE order_id = $1 ORDER BY notified_at, fulfillment_id, status
            """, [.id(id)]
        ) { row throws(Fault) in
            guard let status = CustomerStatus(rawValue: row.integer(1)) else {
                throw Fault("malformed_row", retryable: false, "notification of \(id)")
            }
            return NotificationView(
                fulfillmentID: row.integer(0) == 0 ? nil : row.id(0), status: status, notifiedAt: row.instant(2))
        }
    }

    /// - Returns: `nil` when the person was erased.
    public static func recipient(
        of id: OrderID, _ database: any DatabaseConnection
    ) throws(Fault) -> Recipient? {
        try database.first(
            "SELECT name, street, city, postal_code, country, email FROM recipients WHERE order_id = $1", [.id(id)]
        ) { row in
            Recipient(
                name: row.text(0), street: row.text(1), city: row.text(2), postalCode: row.text(3),
                country: row.text(4), email: row.optionalText(5))
        }
    }

    private static func view(
        _ condition: String, _ parameters: [SQLValue], _ database: any DatabaseConnection
    ) throws(Fault) -> OrderView? {
        var orders = try database.rows("SELECT \(OrderRow.columns) FROM orders WHERE \(condition)", parameters) {
            row throws(Fault) in try OrderRow.read(row)
        }
        guard let first = orders.first else { return nil }
        try loadFulfillments(&orders, database)
        let lines = try database.rows(LineRow.ofOrder, [.id(first.id)]) { row throws(Fault) in try LineRow.read(row) }
        return OrderView(order: orders[0], lines: lines)
    }

    private static func loadFulfillments(
        _ orders: inout [Order], _ database: any DatabaseConnection
    ) throws(Fault) {
        var place = 0
        var loaded = orders
        try database.queryEach(FulfillmentRow.ofOrder, orders.map { [.id($0.id)] }) { row throws(Fault) in
            while loaded[place].id.rawValue != row.integer(0) { place += 1 }
            loaded[place].fulfillments.append(try FulfillmentRow.read(row))
        }
        orders = loaded
        try loadReturns(&orders, database)
    }

    /// Only what was delivered can have returns: the others are not asked for.
    static func loadReturns(_ orders: inout [Order], _ database: any DatabaseConnection) throws(Fault) {
        let places = orders.indices.filter { orders[$0].mayHaveReturns }
        guard !places.isEmpty else { return }
        var next = 0
        var loaded = orders
        try database.queryEach(ReturnRow.ofOrder, places.map { [.id(orders[$0].id)] }) { row throws(Fault) in
            while loaded[places[next]].id.rawValue != row.integer(0) { next += 1 }
            loaded[places[next]].returns.append(try ReturnRow.read(row))
        }
        orders = loaded
    }
}

/// An order for whoever asks.
public struct OrderView: Sendable, Equatable {
    /// With its fulfillments, its derived statuses and what may be done (``Orders/Order/allowedActions``).
    public let order: Order
    /// Empty in lists.
    public let lines: [OrderLine]

    public var allowedActions: [OrderAction] { order.allowedActions }

    /// The order as Orders will note it: what Warehouse has reserved is so, also while Orders has not read of it yet.
    ///
    /// - Parameter time: of the reservation.
    /// - Returns: itself when that was noted, or the order came to its end meanwhile.
    /// - Throws: `unknown_units` when Warehouse names units that the order does not have.
    public func noting(_ reserved: StockReserved, at time: Instant) throws(Fault) -> OrderView {
        guard order.state == .placed, order.fulfillments.isEmpty else { return self }
        var order = order
        _ = try order.plan(reserved.fulfillments, request: reserved.request, lines: lines, now: time)
        return OrderView(order: order, lines: lines)
    }
}

/// Something that a customer was told.
public struct NotificationView: Sendable, Equatable {
    /// `nil` when it was about the order as a whole.
    public let fulfillmentID: FulfillmentID?
    public let status: CustomerStatus
    public let notifiedAt: Instant
}
