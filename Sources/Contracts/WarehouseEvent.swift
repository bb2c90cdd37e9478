import Kernel

/// Everything the topic `warehouse` can say: the context on one page.
public enum WarehouseEvent: Sendable, Equatable {
    /// All lines of a reservation request are allocated, split into fulfillment orders.
    case stockReserved(StockReserved)
    /// Not all lines of a reservation request can be had; nothing was allocated.
    case stockReservationRejected(StockReservationRejected)
    /// Nothing is reserved for the order any more, except what was handed over.
    case stockReleased(StockReleased)
    /// Every unit of the fulfillment order is off the shelf.
    case fulfillmentPicked(FulfillmentPicked)
    /// Units were not found on the shelf: they leave the fulfillment order, the remaining ones go on.
    case fulfillmentShort(FulfillmentShort)
    /// The parcels are closed and weighed.
    case fulfillmentPacked(FulfillmentPacked)
    /// The carrier has the parcels: the pivot.
    case fulfillmentHandedOver(FulfillmentHandedOver)
    /// The fulfillment order was stopped before handover; what was picked is on its way back to the shelf.
    case fulfillmentCancelled(FulfillmentCancelled)
    /// Some units were taken out of the fulfillment order before they were picked.
    case fulfillmentReduced(FulfillmentReduced)
    /// Answer to a cancellation: nothing of the order was handed over, and nothing will be.
    case orderStopped(OrderStopped)
    /// Answer to a cancellation: it came too late. Nothing was changed.
    case cancellationRefused(CancellationRefused)
    /// What was picked for a cancelled fulfillment order is on the shelf again.
    case fulfillmentPutBack(FulfillmentPutBack)
    /// A parcel that came back was received and put to stock, or scrapped.
    case returnRestocked(ReturnRestocked)
    /// What a customer sent back was counted and inspected.
    case returnReceived(ReturnReceived)
    /// Goods came in.
    case stockReceived(StockReceived)
    /// A person corrected the count.
    case stockAdjusted(StockAdjusted)
    /// What is available now; one per batch of changes, the latest counts.
    case stockLevelChanged(StockLevelChanged)

    public var payload: any EventPayload {
        switch self {
        case .stockReserved(let payload): payload
        case .stockReservationRejected(let payload): payload
        case .stockReleased(let payload): payload
        case .fulfillmentPicked(let payload): payload
        case .fulfillmentShort(let payload): payload
        case .fulfillmentPacked(let payload): payload
        case .fulfillmentHandedOver(let payload): payload
        case .fulfillmentCancelled(let payload): payload
        case .fulfillmentReduced(let payload): payload
        case .orderStopped(let payload): payload
        case .cancellationRefused(let payload): payload
        case .fulfillmentPutBack(let payload): payload
        case .returnRestocked(let payload): payload
        case .returnReceived(let payload): payload
        case .stockReceived(let payload): payload
        case .stockAdjusted(let payload): payload
        case .stockLevelChanged(let payload): payload
        }
    }

    /// See ``Event/key``.
    public var key: Int64 {
        switch self {
        case .stockReserved(let payload): payload.orderID.rawValue
        case .stockReservationRejected(let payload): payload.orderID.rawValue
        case .stockReleased(let payload): payload.orderID.rawValue
        case .fulfillmentPicked(let payload): payload.orderID.rawValue
        case .fulfillmentShort(let payload): payload.orderID.rawValue
        case .fulfillmentPacked(let payload): payload.orderID.rawValue
        case .fulfillmentHandedOver(let payload): payload.orderID.rawValue
        case .fulfillmentCancelled(let payload): payload.orderID.rawValue
        case .fulfillmentReduced(let payload): payload.orderID.rawValue
        case .orderStopped(let payload): payload.orderID.rawValue
        case .cancellationRefused(let payload): payload.orderID.rawValue
        case .fulfillmentPutBack(let payload): payload.orderID.rawValue
        case .returnRestocked(let payload): payload.orderID.rawValue
        case .returnReceived(let payload): payload.orderID.rawValue
        case .stockReceived(let payload): payload.productID.rawValue
        case .stockAdjusted(let payload): payload.productID.rawValue
        case .stockLevelChanged(let payload): payload.productID.rawValue
        }
    }

    init(type: String, json: JSONValue) throws(Fault) {
        switch type {
        case StockReserved.type: self = .stockReserved(try StockReserved(json))
        case StockReservationRejected.type: self = .stockReservationRejected(try StockReservationRejected(json))
        case StockReleased.type: self = .stockReleased(try StockReleased(json))
        case FulfillmentPicked.type: self = .fulfillmentPicked(try FulfillmentPicked(json))
        case FulfillmentShort.type: self = .fulfillmentShort(try FulfillmentShort(json))
        case FulfillmentPacked.type: self = .fulfillmentPacked(try FulfillmentPacked(json))
        case FulfillmentHandedOver.type: self = .fulfillmentHandedOver(try FulfillmentHandedOver(json))
        case FulfillmentCancelled.type: self = .fulfillmentCancelled(try FulfillmentCancelled(json))
        case FulfillmentReduced.type: self = .fulfillmentReduced(try FulfillmentReduced(json))
        case OrderStopped.type: self = .orderStopped(try OrderStopped(json))
        case CancellationRefused.type: self = .cancellationRefused(try CancellationRefused(json))
        case FulfillmentPutBack.type: self = .fulfillmentPutBack(try FulfillmentPutBack(json))
        case ReturnRestocked.type: self = .returnRestocked(try ReturnRestocked(json))
        case ReturnReceived.type: self = .returnReceived(try ReturnReceived(json))
        case StockReceived.type: self = .stockReceived(try StockReceived(json))
        case StockAdjusted.type: self = .stockAdjusted(try StockAdjusted(json))
        case StockLevelChanged.type: self = .stockLevelChanged(try StockLevelChanged(json))
        default: throw Event.unknown(type, in: .warehouse)
        }
    }

    /// The names of all types, in the order of this page.
    public static let types: [String] = [
        StockReserved.type,
        StockReservationRejected.type,
        StockReleased.type,
        FulfillmentPicked.type,
        FulfillmentShort.type,
        FulfillmentPacked.type,
        FulfillmentHandedOver.type,
        FulfillmentCancelled.type,
        FulfillmentReduced.type,
        OrderStopped.type,
        CancellationRefused.type,
        FulfillmentPutBack.type,
        ReturnRestocked.type,
        ReturnReceived.type,
        StockReceived.type,
        StockAdjusted.type,
        StockLevelChanged.type,
    ]
}
