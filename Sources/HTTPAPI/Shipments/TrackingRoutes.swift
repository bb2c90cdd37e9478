import Kernel
import Orders
import OrdersService
import Shipping
import ShippingService

/// What a customer may see with the link: where the parcels are. No price, no address, no internal ids.
enum TrackingRoutes {
    static func all(_ services: APIServices) -> [Route] {
        [
            .get("/v1/tracking/{token}", .open) { call async throws(Problem) in try await get(call, services) }
        ]
    }

    private static func get(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        guard let found = try await CustomerTracking.read(call.parameter("token"), services) else {
            throw .notFound("tracking link")
        }
        return .object { json in
            let order = found.order.order
            if let number = order.number { json.member("number", number) }
            json.member("status", order.state.name)
            json.member("fulfillment_status", order.fulfillmentStatus.rawValue)
            json.member("placed_at", order.placedAt)
            json.member("is_late", order.isInJeopardy)
            if let parcels = found.parcels {
                json.member("parcels", array: parcels) { json, parcel in json.object { write(parcel, &$0) } }
            } else {
                json.member("parcels", array: order.fulfillments.compactMap(\.shipment)) { json, shipment in
                    json.object { write(shipment, &$0) }
                }
            }
        }
    }

    /// What Orders knows of a parcel from Shipping's events.
    private static func write(_ shipment: OrderFulfillment.Shipment, _ json: inout JSONWriter) {
        json.member("status", shipment.status.name)
        json.member("carrier", shipment.carrier)
        json.member("tracking_number", shipment.trackingNumber)
        json.member("failed_attempts", shipment.attempts)
        json.member("events", array: [TimelineEntry]()) { _, _ in }
    }

    private static func write(_ parcel: CustomerTracking.Parcel, _ json: inout JSONWriter) {
        let shipment = parcel.shipment.shipment
        json.member("status", shipment.status.name)
        if !shipment.carrier.isEmpty { json.member("carrier", parcel.shipment.carrierName) }
        if let number = shipment.trackingNumber { json.member("tracking_number", number) }
        if let expectedAt = parcel.shipment.expectedAt { json.member("expected_at", expectedAt) }
        json.member("failed_attempts", shipment.tracking.failedAttempts)
        json.member("events", array: parcel.events) { json, entry in
            json.object { json in
                json.member("status", entry.event.status.name)
                json.member("occurred_at", entry.event.occurredAt)
                // A courier's exact place would be the customer's door.
                if let location = entry.event.location { json.member("location", location.coarse) }
                if let reason = entry.event.reason { json.member("reason", reason) }
            }
        }
    }
}

/// An order and its parcels by the tracking link's token.
public struct CustomerTracking: Sendable {
    public struct Parcel: Sendable {
        public let shipment: ShipmentView
        /// In order of occurrence.
        public let events: [TimelineEntry]
    }

    public let order: OrderView
    /// `nil` where other processes run Shipping: what Orders heard of them is in the order.
    public let parcels: [Parcel]?

    /// - Returns: `nil` for a token that shows nothing.
    /// - Throws: a problem when a service's store cannot be read.
    public static func read(_ token: String, _ services: APIServices) async throws(Problem) -> CustomerTracking? {
        guard let token = TrackingToken(text: token) else { return nil }
        let order = try await services.orders.reads.ask { database throws(Fault) in
            try OrdersQueries.order(tracking: token, database)
        }
        guard let order else { return nil }
        let queries = services.shippingQueries
        let id = order.order.id
        let parcels = try await services.shipping.reads.askIfHere { database throws(Fault) in
            var parcels: [Parcel] = []
            for shipment in try queries.shipments(of: id, database) {
                let events = try queries.timeline(of: shipment.shipment.id, database)
                parcels.append(Parcel(shipment: shipment, events: events))
            }
            return parcels
        }
        return CustomerTracking(order: order, parcels: parcels)
    }
}
