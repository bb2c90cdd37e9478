import Kernel

/// Why Shipping says no.
public enum ShippingRejection: Rejection {
    case handedOver(ShipmentID)
    case notBooked(ShipmentID, LabelState)
    case tooManyReports(Int, limit: Int)

    public var code: String {
        switch self {
        case .handedOver: "shipment_handed_over"
        case .notBooked: "shipment_not_booked"
        case .tooManyReports: "too_many_reports"
        }
    }

    public var detail: String {
        switch self {
        case .handedOver(let id): "Shipment \(id) was handed over to the carrier: only a return is possible now."
        case .notBooked(let id, let label): "Shipment \(id) has no label that can be used: it is \(label.name)."
        case .tooManyReports(let count, let limit): "\(count) reports in one request; at most \(limit) are taken."
        }
    }
}
