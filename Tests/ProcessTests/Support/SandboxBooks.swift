import Kernel
import Testing

/// What couriers and the payment provider have in their own books.
struct SandboxBooks {
    struct Label {
        let courier: String
        let reference: String
        let shipmentID: String
        let trackingNumber: String
        let isVoided: Bool
    }

    struct Operation {
        let kind: String
        let reference: String
        let authorization: String
        let amount: Int64
    }

    var labels: [Label] = []
    var operations: [Operation] = []
    let parcelsUnderWay: Int64
    let messagesWaiting: Int64

    init(_ control: Requester) async throws {
        let answer = try await control.get("/books")
        try #require(answer.status == 200, "\(answer.text)")
        for courier in answer.json["couriers"]?.object ?? [] {
            for label in courier.value["labels"]?.array ?? [] {
                labels.append(
                    Label(
                        courier: courier.name, reference: try label.requireString("reference"),
                        shipmentID: try label.requireString("shipment_id"),
                        trackingNumber: try label.requireString("tracking_number"),
                        isVoided: label["voided"]?.bool ?? false))
            }
        }
        for operation in answer.json["payments"]?["operations"]?.array ?? [] {
            operations.append(
                Operation(
                    kind: try operation.requireString("kind"), reference: try operation.requireString("reference"),
                    authorization: try operation.requireString("authorization"),
                    amount: try operation.requireMoney("amount").amount))
        }
        parcelsUnderWay = answer.json["tracking"]?["parcels_under_way"]?.integer ?? 0
        messagesWaiting = answer.json["tracking"]?["messages_waiting"]?.integer ?? 0
    }

    func sum(_ kind: String) -> Int64 { operations.reduce(0) { $0 + ($1.kind == kind ? $1.amount : 0) } }
    func count(_ kind: String) -> Int { operations.count { $0.kind == kind } }
}
