import BPMN
import Kernel

/// What this service does for one job type of the process file.
protocol JobBehavior: SendableMetatype {
    static var type: String { get }
    static var sideEffect: SideEffect { get }
    /// A job was created: does it, or asks others to.
    static func begin(_ job: Job, _ saga: OrderSaga) throws(Fault) -> JobAnswer
    /// A job that waited is not wanted any more.
    static func cancel(_ saga: OrderSaga)
}

extension JobBehavior {
    static func cancel(_ saga: OrderSaga) {}
}

enum JobAnswer {
    /// Somebody else answers later.
    case waits
    case done([String: FEELValue])
    /// An incident: a person has to look.
    case failed(String)
}

enum JobBehaviors {
    /// The variable of a fulfillment's process that names it.
    static let fulfillment = "fulfillment"

    static let all: [String: any JobBehavior.Type] = {
        let behaviors: [any JobBehavior.Type] = [
            ReserveStock.self, ReleaseStock.self, AuthorizePayment.self, VoidPayment.self, ConfirmOrder.self,
            PickAndPack.self, PackRest.self, PutBack.self, BookShipment.self, CancelShipment.self,
            CapturePayment.self, RefundPayment.self, ResourceRemainder.self, CancelUnitsForGood.self,
            RaiseJeopardy.self, SettlePayment.self, CaptureCharges.self, RejectOrder.self, EndCancelledOrder.self,
            CompleteOrder.self,
        ]
        return Dictionary(uniqueKeysWithValues: behaviors.map { ($0.type, $0) })
    }()
}
