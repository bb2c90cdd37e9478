import Kernel
import Orders
import OrdersService
import Shipping
import Signing
import Testing
import Warehouse

@testable import HTTPAPI

/// Every way of saying no has its status and its words.
@Suite struct ProblemTests {
    @Test(
        arguments: [
            (.malformedJSON, 400), (.malformedQuery, 400), (.idempotencyKeyMissing, 400),
            (.idempotencyKeyMalformed, 400), (.unauthenticated, 401), (.scopeMissing, 403),
            (.notFound, 404), (.methodNotAllowed, 405), (.requestTimeout, 408), (.idempotencyKeyInFlight, 409),
            (.entityParked, 409),
            (.stateConflict, 409), (.preconditionFailed, 412), (.bodyTooLarge, 413), (.unsupportedMediaType, 415),
            (.invalidRequest, 422), (.idempotencyKeyReused, 422), (.preconditionRequired, 428), (.rateLimited, 429),
            (.internalError, 500), (.unavailable, 503), (.timedOut, 503),
            (.storageFull, 503), (.storageReadOnly, 503),
        ] as [(ProblemKind, Int)])
    func interfaceProblems(_ kind: ProblemKind, _ status: Int) {
        #expect(kind.status == status)
    }

    @Test(
        arguments: [
            (PlaceOrderRejection.unknownProduct(line: 2, sku: "X"), 422, "unknown_product", "/lines/1/sku"),
            (PlaceOrderRejection.duplicateNumber("1"), 409, "duplicate_number", "/number"),
            (CancelOrderRejection.alreadyHandedOver(OrderID(rawValue: 1)), 409, "already_handed_over", nil),
            (CancelOrderRejection.invalidReason, 422, "invalid_reason", nil),
            (CancelUnitsRejection.notReservedYet, 409, "not_reserved_yet", nil),
            (OrdersRejection.orderNotFound, 404, "order_not_found", nil),
            (OrdersRejection.invalidURL, 422, "invalid_url", nil),
            (WarehouseRejection.insufficientStock([]), 409, "insufficient_stock", nil),
            (WarehouseRejection.unknownTask(WorkTaskID(rawValue: 1)), 404, "unknown_task", nil),
            (WarehouseRejection.sameWarehouse, 422, "same_warehouse", nil),
            (ShippingRejection.tooManyReports(3, limit: 2), 422, "too_many_reports", nil),
            (CourierReportRejection([.init("/status", "required", "x")]), 422, "invalid_report", "/status"),
            (WebhookRejection.signatureWrong, 401, "webhook_signature_wrong", nil),
            (WebhookRejection.timestampTooOld, 401, "webhook_timestamp_too_old", nil),
        ] as [(any Rejection, Int, String, String?)])
    func rejections(_ rejection: any Rejection, _ status: Int, _ code: String, _ pointer: String?) {
        let problem = Problem(rejection)
        #expect(problem.status == status)
        #expect(problem.code == code)
        #expect(problem.errors.first?.pointer == pointer)
    }

    @Test func aFaultSaysNothingOfTheInside() throws {
        let busy = Problem(Fault("database_busy", retryable: true, "secret path /var/x"))
        #expect(busy.status == 503)
        #expect(busy.retryAfter == 1)
        let broken = Problem(Fault("malformed_row", retryable: false, "secret path /var/x"))
        #expect(broken.status == 500)
        for problem in [busy, broken] {
            let text = String(decoding: problem.json(instance: "/", traceID: "0"), as: UTF8.self)
            #expect(!text.contains("secret"))
            #expect(problem.fault?.debugDetail == "secret path /var/x")
        }
    }

    @Test func titlesAreTheCodesWords() {
        #expect(ProblemKind.title(of: "insufficient_stock") == "Insufficient stock")
    }
}
