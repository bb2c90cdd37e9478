import BPMN
import Contracts
import Kernel
import Orders

/// `pick-and-pack`: work on the warehouse floor.
enum PickAndPack: JobBehavior {
    static let type = "pick-and-pack"
    static let sideEffect = SideEffect.compensable

    static func begin(_ job: Job, _ saga: OrderSaga) throws(Fault) -> JobAnswer {
        let index = try saga.index(of: job)
        saga.order.beginFulfilling(now: saga.now)
        // Stopped before it began: its process is told so in a moment.
        guard saga.order.fulfillments[index].status == .planned else { return .waits }
        saga.order.fulfillments[index].status = .inProgress
        saga.order.fulfillments[index].updatedAt = saga.now
        try saga.publish([
            .fulfillmentRequested(
                FulfillmentRequested(orderID: saga.id, fulfillmentID: saga.order.fulfillments[index].id))
        ])
        return .waits
    }

    static func picked(_ event: FulfillmentPicked, _ saga: OrderSaga) throws(Fault) {
        let index = try saga.index(of: event.fulfillmentID)
        guard saga.order.fulfillments[index].status.isBeforePick else { return }
        saga.order.fulfillments[index].status = .picked
        saga.order.fulfillments[index].updatedAt = saga.now
    }

    static func packed(_ event: FulfillmentPacked, _ saga: OrderSaga) throws(Fault) {
        let index = try saga.index(of: event.fulfillmentID)
        let status = saga.order.fulfillments[index].status
        guard status.isBeforeHandover, status != .packed else { return }
        saga.order.fulfillments[index].status = .packed
        saga.order.fulfillments[index].packages = event.packages
        saga.order.fulfillments[index].updatedAt = saga.now
        let isDone = try saga.complete(try saga.job(type, for: event.fulfillmentID))
        if !isDone { try saga.complete(try saga.job(PackRest.type, for: event.fulfillmentID)) }
    }

    static func short(_ event: FulfillmentShort, _ saga: OrderSaga) throws(Fault) {
        let index = try saga.index(of: event.fulfillmentID)
        let isNews = try saga.order.notePickedShort(
            index, missing: event.missing.map(\.units), lines: try saga.lines(), now: saga.now)
        guard isNews else { return }
        try saga.refuse(
            try saga.job(type, for: event.fulfillmentID), "short-pick", ["remaining": .integer(Int64(event.remaining))])
    }
}
