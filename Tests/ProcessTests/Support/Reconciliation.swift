import Foundation
import Kernel
import Ports

/// Holds Doorstep's books against everybody else's: what is not in both, once each, is a difference.
struct Reconciliation {
    let server: ServerBooks
    let sandbox: SandboxBooks
    private(set) var differences: [String] = []

    init(_ server: ServerBooks, _ sandbox: SandboxBooks) {
        self.server = server
        self.sandbox = sandbox
        checkOrders()
        checkPayments()
        checkLabels()
        checkStock()
    }

    private mutating func differ(_ text: String) { differences.append(text) }

    private mutating func checkOrders() {
        for order in server.orders where !order.isTerminal { differ("\(order.id) is in state \(order.state)") }
        if server.pendingEffects > 0 { differ("\(server.pendingEffects) effects wait") }
        if server.deadLetters > 0 { differ("\(server.deadLetters) dead letters") }
    }

    private mutating func checkPayments() {
        let kinds: [(EffectKind, String)] = [
            (.authorizePayment, "authorization"), (.capturePayment, "capture"), (.voidPayment, "void"),
            (.refundPayment, "refund"),
        ]
        for (kind, name) in kinds {
            compare(
                name, ours: Array(server.doneEffects[kind] ?? []),
                theirs: sandbox.operations.filter { $0.kind == name }.map(\.reference))
        }
        var byAuthorization: [String: [SandboxBooks.Operation]] = [:]
        for operation in sandbox.operations { byAuthorization[operation.authorization, default: []].append(operation) }
        for order in server.orders {
            let operations = order.authorization.flatMap { byAuthorization[$0] } ?? []
            for (name, amount) in [
                ("authorization", order.authorized), ("capture", order.captured), ("void", order.voided),
                ("refund", order.refunded),
            ] {
                let theirs = operations.reduce(0) { $0 + ($1.kind == name ? $1.amount : 0) }
                if theirs != amount { differ("\(order.id): \(name) of \(amount), the provider's is \(theirs)") }
            }
        }
    }

    private mutating func checkLabels() {
        let ids = Set(server.shipments.map(\.id))
        for label in sandbox.labels where !ids.contains(label.shipmentID) {
            differ("label \(label.reference) is for no shipment")
        }
        let byShipment = Dictionary(grouping: sandbox.labels, by: \.shipmentID)
        for shipment in server.shipments {
            let labels = byShipment[shipment.id] ?? []
            if Set(labels.map(\.reference)).count != labels.count {
                differ("\(shipment.id) has one reference twice: \(labels)")
            }
            let valid = labels.filter { !$0.isVoided }.map { "\($0.courier) \($0.trackingNumber)" }
            let expected =
                shipment.label == 3 ? ["\(shipment.carrier) \(shipment.trackingNumber ?? "without a number")"] : []
            if valid != expected { differ("\(shipment.id) has \(expected), its couriers have \(valid)") }
        }
    }

    /// What was received and neither left nor came back is there.
    private mutating func checkStock() {
        let gone = (server.capturedValue - server.restockedValue) / Shop.unitPrice
        if server.piecesOnHand != Shop.piecesReceived - gone {
            differ("\(server.piecesOnHand) pieces on hand, \(Shop.piecesReceived) received, \(gone) gone")
        }
    }

    /// A mail for each mail effect, each once, and nothing else in the folder.
    mutating func compareMails(in folder: String) throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: folder)
        compare(
            "mail", ours: (server.doneEffects[.sendMail] ?? []).map { "\($0).eml" }, theirs: files)
    }

    /// Every message was taken, and no fact is told by two messages.
    mutating func compareWebhooks(_ messages: [WebhookReceiver.Message]) {
        compare("webhook", ours: Array(server.deliveries.keys), theirs: messages.map(\.id))
        for (id, status) in server.deliveries where status != 1 { differ("webhook \(id) has status \(status)") }
        for (subject, same) in Dictionary(grouping: messages, by: \.subject) where same.count > 1 {
            differ("told by \(same.count) messages: \(subject)")
        }
    }

    private mutating func compare(_ name: String, ours: [String], theirs: [String]) {
        for reference in Set(ours).subtracting(theirs) { differ("\(name) \(reference) is only ours") }
        for reference in Set(theirs).subtracting(ours) { differ("\(name) \(reference) is only theirs") }
        for (reference, same) in Dictionary(grouping: theirs, by: \.self) where same.count > 1 {
            differ("\(name) \(reference) happened \(same.count) times")
        }
    }
}
