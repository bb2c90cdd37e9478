import BPMN
import Contracts
import Kernel

/// `reserve-stock`: asked by `OrderCreated` itself; answered by Warehouse.
enum ReserveStock: JobBehavior {
    static let type = "reserve-stock"
    static let sideEffect = SideEffect.compensable

    static func begin(_ job: Job, _ saga: OrderSaga) throws(Fault) -> JobAnswer { .waits }

    static func reserved(_ event: StockReserved, _ saga: OrderSaga) throws(Fault) {
        // Repeated, or for an order that is stopped: Warehouse reserves nothing for one after it said so.
        guard let job = try saga.job(type) else { return }
        let planned = try saga.order.plan(
            event.fulfillments, request: event.request, lines: try saga.lines(), now: saga.now)
        try saga.complete(job, ["fulfillments": .list(planned.map { .integer($0.rawValue) })])
    }

    static func rejected(_ event: StockReservationRejected, _ saga: OrderSaga) throws(Fault) {
        guard let job = try saga.job(type) else { return }
        saga.order.noteShortages(event.lines, now: saga.now)
        try saga.refuse(job, "out-of-stock")
    }
}
