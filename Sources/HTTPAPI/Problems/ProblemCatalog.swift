import Catalog
import Kernel
import Orders
import OrdersService
import Shipping
import Signing
import Warehouse

/// Every stable code that an answer may carry, for the pages that `type` leads to.
///
/// Statuses come from ``ProblemKind`` and ``RejectionStatus``, which are exhaustive; a rejection whose code is missing
/// here fails a test.
enum ProblemCatalog {
    struct Entry: Sendable, Equatable {
        let code: String
        let status: Int
        /// What an answer says, with invented values where it names any; `nil` where it depends on the request.
        let example: String?

        var title: String { ProblemKind.title(of: code) }
    }

    /// By code.
    static let entries: [String: Entry] = {
        var entries: [String: Entry] = [:]
        for kind in ProblemKind.allCases {
            entries[kind.rawValue] = Entry(code: kind.rawValue, status: kind.status, example: nil)
        }
        for rejection in samples where entries[rejection.code] == nil {
            entries[rejection.code] = Entry(
                code: rejection.code, status: RejectionStatus.status(of: rejection), example: rejection.detail)
        }
        return entries
    }()

    /// One of each case.
    static let samples: [any Rejection] =
        placing + cancelling + returning + products + orders + warehouse + shipping + signing

    private static let placing: [any Rejection] =
        [
            .lineCountOutOfRange(0), .quantityOutOfRange(line: 1, 0), .priceOutOfRange(line: 1, -1),
            .invalidLabel(line: 1), .mixedCurrencies(line: 2), .invalidNumber, .invalidCustomer,
            .invalidAddress(member: "city"), .unknownCountry("XX"), .invalidPaymentMethod,
            .unknownProduct(line: 1, sku: "MUG"), .amountTooLarge, .discountOutOfRange(-1), .duplicateNumber("1001"),
        ] as [PlaceOrderRejection]

    private static let cancelling: [any Rejection] =
        ([
            .invalidReason, .alreadyHandedOver(OrderID(rawValue: 1)), .alreadyCancelled, .orderClosed(.completed),
            .cancellationPending, .alreadyCharged,
        ] as [CancelOrderRejection])
        + ([
            .invalidReason, .noLines, .repeatedLine(1), .orderClosed(.completed), .cancellationPending,
            .notReservedYet, .notCancellable(line: 1, requested: 2, cancellable: 1),
        ] as [CancelUnitsRejection])

    private static let returning: [any Rejection] =
        ([
            .invalidReason, .noLines, .repeatedLine(1), .notDelivered, .tooManyReturns,
            .notReturnable(line: 1, requested: 2, returnable: 1),
        ] as [RequestReturnRejection])
        + ([.invalidReason, .alreadyDecided(.declined), .noRefundRefused] as [ReturnRejection])

    private static let products: [any Rejection] =
        [
            .invalidSKU("?"), .duplicateSKU("MUG"), .invalidGTIN("1"), .invalidName, .invalidWeight(0),
            .invalidDimensions(0), .productNotFound, .versionMismatch(expected: 1, actual: 2),
        ] as [ProductRejection]

    private static let orders: [any Rejection] =
        [
            .orderNotFound, .returnNotFound, .incidentNotFound, .endpointNotFound, .deliveryNotFound,
            .endpointChanged(expected: 1, current: 2), .endpointDisabled, .invalidURL, .invalidSecret, .invalidTypes,
        ] as [OrdersRejection]

    private static let warehouse: [any Rejection] = {
        let task = WorkTaskID(rawValue: 1)
        let fulfillment = FulfillmentID(rawValue: 1)
        return [
            .insufficientStock([]), .stockChanged(expected: 1, current: 2), .referenceReused("count-1"),
            .invalidQuantity(0), .unknownProduct(ProductID(rawValue: 1)), .unknownWarehouse("BER"),
            .unknownHold(HoldID(rawValue: 1)), .unknownFulfillment(fulfillment), .unknownTask(task),
            .warehouseCodeTaken("BER"), .sameWarehouse, .holdExpired(HoldID(rawValue: 1)),
            .holdClosed(HoldID(rawValue: 1)), .invalidHoldDuration, .taskNotReady(task), .taskClosed(task),
            .actionNotPossible(task), .nothingMissing(task), .notPacked(fulfillment), .notLabelled(fulfillment),
            .alreadyHandedOver(fulfillment), .fulfillmentClosed(fulfillment), .unknownReturn(ReturnID(rawValue: 1)),
            .returnReceived(ReturnID(rawValue: 1)), .unexpectedUnits(line: 1, reported: 2, expected: 1),
            .unitsUnaccounted(line: 1, quantity: 1), .notRefundable(1),
        ] as [WarehouseRejection]
    }()

    private static let shipping: [any Rejection] =
        ([
            .handedOver(ShipmentID(rawValue: 1)), .notBooked(ShipmentID(rawValue: 1), .voided),
            .tooManyReports(3000, limit: 2048),
        ] as [ShippingRejection]) + [CourierReportRejection([.init("/status", "unknown_status", "")])]

    private static let signing: [any Rejection] =
        [
            .headersMissing, .timestampMalformed, .timestampTooOld, .timestampTooNew, .signatureWrong,
            .replayedElsewhere,
        ] as [WebhookRejection]
}
