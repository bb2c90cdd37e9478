import Catalog
import Kernel
import Orders
import OrdersService
import Shipping
import ShippingService
import Signing
import Warehouse
import WarehouseService

/// The one mapping from what services say no with to HTTP statuses. Exhaustive: a new case does not compile until it
/// has its status.
///
/// 404: what the request is about does not exist. 409: it does, and is not in a state for this. 412: it was changed in
/// between. 422: the request itself is wrong, whatever the state. 401: nobody vouches for it.
enum RejectionStatus {
    static func status(of rejection: any Rejection) -> Int {
        switch rejection {
        case let rejection as PlaceOrderRejection: status(rejection)
        case let rejection as CancelOrderRejection: status(rejection)
        case let rejection as CancelUnitsRejection: status(rejection)
        case let rejection as RequestReturnRejection: status(rejection)
        case let rejection as ReturnRejection: status(rejection)
        case let rejection as ProductRejection: status(rejection)
        case let rejection as OrdersRejection: status(rejection)
        case let rejection as WarehouseRejection: status(rejection)
        case let rejection as ShippingRejection: status(rejection)
        case is CourierReportRejection: 422
        case let rejection as WebhookRejection: status(rejection)
        default: preconditionFailure("\(type(of: rejection)) has no status")
        }
    }

    private static func status(_ rejection: PlaceOrderRejection) -> Int {
        switch rejection {
        case .lineCountOutOfRange, .quantityOutOfRange, .priceOutOfRange, .invalidLabel, .mixedCurrencies,
            .invalidNumber, .invalidCustomer, .invalidAddress, .unknownCountry, .invalidPaymentMethod,
            .unknownProduct, .amountTooLarge, .discountOutOfRange:
            422
        case .duplicateNumber: 409
        }
    }

    private static func status(_ rejection: CancelOrderRejection) -> Int {
        switch rejection {
        case .invalidReason: 422
        case .alreadyHandedOver, .alreadyCancelled, .orderClosed, .cancellationPending, .alreadyCharged: 409
        }
    }

    private static func status(_ rejection: CancelUnitsRejection) -> Int {
        switch rejection {
        case .invalidReason, .noLines, .repeatedLine: 422
        case .orderClosed, .cancellationPending, .notReservedYet, .notCancellable: 409
        }
    }

    private static func status(_ rejection: RequestReturnRejection) -> Int {
        switch rejection {
        case .invalidReason, .noLines, .repeatedLine: 422
        case .notDelivered, .tooManyReturns, .notReturnable: 409
        }
    }

    private static func status(_ rejection: ReturnRejection) -> Int {
        switch rejection {
        case .invalidReason: 422
        case .alreadyDecided, .noRefundRefused: 409
        }
    }

    private static func status(_ rejection: ProductRejection) -> Int {
        switch rejection {
        case .invalidSKU, .invalidGTIN, .invalidName, .invalidWeight, .invalidDimensions: 422
        case .duplicateSKU: 409
        case .productNotFound: 404
        case .versionMismatch: 412
        }
    }

    private static func status(_ rejection: OrdersRejection) -> Int {
        switch rejection {
        case .orderNotFound, .returnNotFound, .incidentNotFound, .endpointNotFound, .deliveryNotFound: 404
        case .endpointChanged: 412
        case .endpointDisabled: 409
        case .invalidURL, .invalidSecret, .invalidTypes: 422
        }
    }

    private static func status(_ rejection: WarehouseRejection) -> Int {
        switch rejection {
        case .unknownHold, .unknownFulfillment, .unknownTask, .unknownReturn: 404
        case .unknownProduct, .unknownWarehouse, .invalidQuantity, .sameWarehouse, .invalidHoldDuration,
            .nothingMissing, .unexpectedUnits, .unitsUnaccounted, .notRefundable:
            422
        case .insufficientStock, .stockChanged, .referenceReused, .warehouseCodeTaken, .holdExpired, .holdClosed,
            .taskNotReady, .taskClosed, .actionNotPossible, .notPacked, .notLabelled, .alreadyHandedOver,
            .fulfillmentClosed, .returnReceived:
            409
        }
    }

    private static func status(_ rejection: ShippingRejection) -> Int {
        switch rejection {
        case .handedOver, .notBooked: 409
        case .tooManyReports: 422
        }
    }

    private static func status(_ rejection: WebhookRejection) -> Int {
        switch rejection {
        case .headersMissing, .timestampMalformed, .timestampTooOld, .timestampTooNew, .signatureWrong,
            .replayedElsewhere:
            401
        }
    }

    /// Where in the request the mistake is.
    static func errors(of rejection: any Rejection) -> [FieldError] {
        switch rejection {
        case let rejection as PlaceOrderRejection: [FieldError(rejection.pointer, rejection.detail)]
        case let rejection as ProductRejection:
            rejection.pointer.map { [FieldError($0, rejection.detail)] } ?? []
        case let rejection as CourierReportRejection:
            rejection.problems.map { FieldError($0.pointer, $0.detail) }
        default: []
        }
    }

    /// What a caller needs beside the code to go on.
    static func extraMembers(of rejection: any Rejection) -> (@Sendable (inout JSONWriter) -> Void)? {
        switch rejection {
        case WarehouseRejection.insufficientStock(let shortages):
            { json in
                json.member("lines", array: shortages) { json, shortage in
                    json.object { json in
                        json.member("product_id", shortage.productID)
                        if let warehouseID = shortage.warehouseID { json.member("warehouse_id", warehouseID) }
                        json.member("requested", shortage.requested)
                        json.member("available", shortage.available)
                    }
                }
            }
        case WarehouseRejection.stockChanged(_, let current): { $0.member("current", current) }
        case CancelOrderRejection.alreadyHandedOver(let id):
            { json in
                json.member("hint", "request_return")
                json.member("path", "/v1/orders/\(id)/returns")
            }
        case RequestReturnRejection.notReturnable(let line, let requested, let returnable):
            { json in
                json.member("line", line)
                json.member("requested", requested)
                json.member("returnable", returnable)
            }
        case CancelUnitsRejection.notCancellable(let line, let requested, let cancellable):
            { json in
                json.member("line", line)
                json.member("requested", requested)
                json.member("cancellable", cancellable)
            }
        default: nil
        }
    }
}
