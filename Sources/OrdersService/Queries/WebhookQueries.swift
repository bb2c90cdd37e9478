import Kernel
import Ports

extension OrdersQueries {
    /// - Returns: the endpoint with its secrets, for whoever signs; `nil` when there is none.
    public static func endpoint(
        _ id: EndpointID, _ database: any DatabaseConnection
    ) throws(Fault) -> WebhookEndpoint? {
        try database.first(
            "SELECT \(WebhookRow.endpointColumns) FROM webhook_endpoints WHERE id = $1", [.id(id)]
        ) { row throws(Fault) in try WebhookRow.endpoint(row) }
    }

    /// The shop's endpoints, oldest first.
    ///
    /// - Parameters:
    ///   - after: the last one of the page before.
    ///   - limit: 1–200.
    public static func endpoints(
        after: EndpointID? = nil, limit: Int, _ database: any DatabaseConnection
    ) throws(Fault) -> [WebhookEndpoint] {
        try database.rows(
            "SELECT \(WebhookRow.endpointColumns) FROM webhook_endpoints WHERE id > $1 ORDER BY id LIMIT $2",
            [.integer(after?.rawValue ?? 0), .int(limit)]
        ) { row throws(Fault) in try WebhookRow.endpoint(row) }
    }

    public static func delivery(_ id: Int64, _ database: any DatabaseConnection) throws(Fault) -> WebhookDelivery? {
        try database.first(
            "SELECT \(WebhookRow.deliveryColumns) FROM webhook_deliveries WHERE id = $1", [.integer(id)]
        ) {
            row throws(Fault) in try WebhookRow.delivery(row)
        }
    }

    /// The messages to an endpoint, newest first.
    ///
    /// - Parameters:
    ///   - after: the last delivery of the page before.
    ///   - limit: 1–200.
    public static func deliveries(
        to endpoint: EndpointID, after: Int64? = nil, limit: Int, _ database: any DatabaseConnection
    ) throws(Fault) -> [WebhookDelivery] {
        try database.rows(
            """
            SELECT \(WebhookRow.deliveryColumns) FROM webhook_deliveries
            WHERE endpoint_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3
            """, [.id(endpoint), .integer(after ?? .max), .int(limit)]
        ) { row throws(Fault) in try WebhookRow.delivery(row) }
    }
}
