import BPMN
import Contracts
import Kernel

/// `resource-remainder`: what a short pick left over is looked for in the other warehouses.
enum ResourceRemainder: JobBehavior {
    static let type = "resource-remainder"
    static let sideEffect = SideEffect.none

    static func begin(_ job: Job, _ saga: OrderSaga) throws(Fault) -> JobAnswer {
        let index = try saga.index(of: job)
        try saga.publish(saga.order.requestRemainder(index, lines: try saga.lines(), now: saga.now))
        return .waits
    }

    static func reserved(_ event: StockReserved, _ saga: OrderSaga) throws(Fault) {
        // Repeated: nobody misses anything under this request any more.
        guard let parent = saga.order.fulfillments.first(where: { $0.missingRequest == event.request }) else { return }
        let planned = try saga.order.plan(
            event.fulfillments, request: event.request, lines: try saga.lines(), now: saga.now)
        try saga.complete(
            try saga.job(type, for: parent.id), ["remainders": .list(planned.map { .integer($0.rawValue) })])
    }

    static func rejected(_ event: StockReservationRejected, _ saga: OrderSaga) throws(Fault) {
        guard let parent = saga.order.fulfillments.first(where: { $0.missingRequest == event.request }) else { return }
        try saga.refuse(try saga.job(type, for: parent.id), "out-of-stock")
    }
}
