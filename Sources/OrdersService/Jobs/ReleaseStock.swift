import BPMN
import Contracts
import Kernel

/// `release-stock`: the compensation of `reserve-stock`.
enum ReleaseStock: JobBehavior {
    static let type = "release-stock"
    static let sideEffect = SideEffect.none

    static func begin(_ job: Job, _ saga: OrderSaga) throws(Fault) -> JobAnswer {
        try saga.publish([.stockReleaseRequested(StockReleaseRequested(orderID: saga.id))])
        return .waits
    }

    static func released(_ event: StockReleased, _ saga: OrderSaga) throws(Fault) {
        guard let job = try saga.job(type) else { return }
        for index in saga.order.fulfillments.indices {
            try saga.publish(saga.order.stop(index, reason: "released", now: saga.now))
        }
        try saga.complete(job)
    }
}
