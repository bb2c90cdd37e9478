import Kernel

/// Everything the topic `shipping` can say: the context on one page.
public enum ShippingEvent: Sendable, Equatable {
    /// A carrier took the booking: the label exists.
    case shipmentBooked(ShipmentBooked)
    /// No carrier will take this shipment.
    case shipmentBookingFailed(ShipmentBookingFailed)
    /// The carrier scanned the parcel for the first time.
    case shipmentAccepted(ShipmentAccepted)
    /// The parcel moves.
    case shipmentInTransit(ShipmentInTransit)
    /// The parcel is on the last van.
    case shipmentOutForDelivery(ShipmentOutForDelivery)
    /// The parcel waits for the customer at a shop or locker.
    case shipmentReadyForPickup(ShipmentReadyForPickup)
    /// The carrier keeps the parcel, for example at customs.
    case shipmentOnHold(ShipmentOnHold)
    /// Nobody opened, or the address was not found.
    case deliveryAttemptFailed(DeliveryAttemptFailed)
    /// The parcel is at the door.
    case shipmentDelivered(ShipmentDelivered)
    /// The carrier gave up and brings the parcel back.
    case shipmentReturning(ShipmentReturning)
    /// The parcel is back at the sender.
    case shipmentReturned(ShipmentReturned)
    /// The carrier lost or destroyed the parcel.
    case shipmentLost(ShipmentLost)
    /// The shipment was voided before handover, or never booked.
    case shipmentCancelled(ShipmentCancelled)

    public var payload: any EventPayload {
        switch self {
        case .shipmentBooked(let payload): payload
        case .shipmentBookingFailed(let payload): payload
        case .shipmentAccepted(let payload): payload
        case .shipmentInTransit(let payload): payload
        case .shipmentOutForDelivery(let payload): payload
        case .shipmentReadyForPickup(let payload): payload
        case .shipmentOnHold(let payload): payload
        case .deliveryAttemptFailed(let payload): payload
        case .shipmentDelivered(let payload): payload
        case .shipmentReturning(let payload): payload
        case .shipmentReturned(let payload): payload
        case .shipmentLost(let payload): payload
        case .shipmentCancelled(let payload): payload
        }
    }

    /// See ``Event/key``.
    public var key: Int64 {
        switch self {
        case .shipmentBooked(let payload): payload.orderID.rawValue
        case .shipmentBookingFailed(let payload): payload.orderID.rawValue
        case .shipmentAccepted(let payload): payload.orderID.rawValue
        case .shipmentInTransit(let payload): payload.orderID.rawValue
        case .shipmentOutForDelivery(let payload): payload.orderID.rawValue
        case .shipmentReadyForPickup(let payload): payload.orderID.rawValue
        case .shipmentOnHold(let payload): payload.orderID.rawValue
        case .deliveryAttemptFailed(let payload): payload.orderID.rawValue
        case .shipmentDelivered(let payload): payload.orderID.rawValue
        case .shipmentReturning(let payload): payload.orderID.rawValue
        case .shipmentReturned(let payload): payload.orderID.rawValue
        case .shipmentLost(let payload): payload.orderID.rawValue
        case .shipmentCancelled(let payload): payload.orderID.rawValue
        }
    }

    init(type: String, json: JSONValue) throws(Fault) {
        switch type {
        case ShipmentBooked.type: self = .shipmentBooked(try ShipmentBooked(json))
        case ShipmentBookingFailed.type: self = .shipmentBookingFailed(try ShipmentBookingFailed(json))
        case ShipmentAccepted.type: self = .shipmentAccepted(try ShipmentAccepted(json))
        case ShipmentInTransit.type: self = .shipmentInTransit(try ShipmentInTransit(json))
        case ShipmentOutForDelivery.type: self = .shipmentOutForDelivery(try ShipmentOutForDelivery(json))
        case ShipmentReadyForPickup.type: self = .shipmentReadyForPickup(try ShipmentReadyForPickup(json))
        case ShipmentOnHold.type: self = .shipmentOnHold(try ShipmentOnHold(json))
        case DeliveryAttemptFailed.type: self = .deliveryAttemptFailed(try DeliveryAttemptFailed(json))
        case ShipmentDelivered.type: self = .shipmentDelivered(try ShipmentDelivered(json))
        case ShipmentReturning.type: self = .shipmentReturning(try ShipmentReturning(json))
        case ShipmentReturned.type: self = .shipmentReturned(try ShipmentReturned(json))
        case ShipmentLost.type: self = .shipmentLost(try ShipmentLost(json))
        case ShipmentCancelled.type: self = .shipmentCancelled(try ShipmentCancelled(json))
        default: throw Event.unknown(type, in: .shipping)
        }
    }

    /// The names of all types, in the order of this page.
    public static let types: [String] = [
        ShipmentBooked.type,
        ShipmentBookingFailed.type,
        ShipmentAccepted.type,
        ShipmentInTransit.type,
        ShipmentOutForDelivery.type,
        ShipmentReadyForPickup.type,
        ShipmentOnHold.type,
        DeliveryAttemptFailed.type,
        ShipmentDelivered.type,
        ShipmentReturning.type,
        ShipmentReturned.type,
        ShipmentLost.type,
        ShipmentCancelled.type,
    ]
}
