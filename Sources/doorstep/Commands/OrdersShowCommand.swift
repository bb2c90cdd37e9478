import ArgumentParser
import Contracts
import HTTPAPI
import Kernel
import Orders
import OrdersService
import Runtime

struct OrdersShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows one order: state, lines, payment, fulfillments with their parcels, and its events.",
        discussion: """
            Examples:
              doorstep orders show ord_01jd…
              doorstep orders show ord_01jd… --json
            """)

    @OptionGroup var argument: OrderArgument

    @Flag(help: "Print JSON: `order` as GET /v1/orders/ORDER has it, `events` as its /events has them.")
    var json = false

    @OptionGroup var data: DataOption

    func run() throws {
        let id = try argument.id()
        let folder = try data.existing()
        let orders = try folder.database(.orders).connect(.read)
        defer { orders.close() }
        guard let view = try OrdersQueries.order(id, orders) else { throw OrderArgument.missing(id) }
        let events = try Self.events(of: id, folder)
        if json {
            var json = JSONWriter()
            json.object { json in
                let url = folder.serverURL ?? OrderCommands.unknownServerURL
                json.member("order", unsafeRawJSON: OrderDocument.write(view, publicURL: url))
                json.member("events", array: events) { json, envelope in
                    json.object { CloudEvents.write(envelope, &$0) }
                }
            }
            Terminal.say(json.text)
        } else {
            Terminal.say(Self.text(view, events))
        }
    }

    private static func events(of id: OrderID, _ folder: DataFolder) throws(Fault) -> [Envelope] {
        var logs: [[Envelope]] = []
        for topic in Topic.allCases {
            let connection = try folder.database(topic).connect(.read)
            defer { connection.close() }
            logs.append(try LogTable.history(topic, connection, key: id.rawValue))
        }
        return Timeline.merge(logs)
    }

    static func text(_ view: OrderView, _ events: [Envelope]) -> String {
        let order = view.order
        let end = order.endReason.isEmpty ? "" : " (\(order.endReason))"
        let actions = order.allowedActions.map(\.rawValue).joined(separator: ", ")
        let payment = order.payment
        return [
            "\(order.id)  \(order.state.name)\(end)",
            "placed \(order.placedAt.rfc3339) by customer \(order.customer), total \(order.total)",
            "payment \(order.paymentStatus.rawValue): authorized \(order.money(payment.authorized)), "
                + "captured \(order.money(payment.captured)), refunded \(order.money(payment.refunded)), "
                + "voided \(order.money(payment.voided))",
            "cancellation \(order.cancellation.status.name), allowed: \(actions.isEmpty ? "nothing" : actions)", "",
            lines(view), "", fulfillments(order, events), "", timeline(order, events),
        ].joined(separator: "\n")
    }

    private static func lines(_ view: OrderView) -> String {
        Terminal.table(
            ["line", "item", "quantity", "unit price", "total"],
            view.lines.map { line in
                [
                    String(line.number), line.label, String(line.quantity),
                    view.order.money(line.unitPrice).description, view.order.money(line.allocated).description,
                ]
            })
    }

    private static func fulfillments(_ order: Order, _ events: [Envelope]) -> String {
        if order.fulfillments.isEmpty { return "No fulfillment yet." }
        return Terminal.table(
            ["fulfillment", "status", "units", "parcels (SSCC)", "carrier", "tracking number", "shipment"],
            order.fulfillments.map { fulfillment in
                [
                    fulfillment.id.text, fulfillment.status.name,
                    String(fulfillment.units.reduce(0) { $0 + $1.count }), parcels(fulfillment.id, events),
                    fulfillment.shipment?.carrier ?? "-", fulfillment.shipment?.trackingNumber ?? "-",
                    fulfillment.shipment?.status.name ?? "-",
                ]
            })
    }

    /// As they were packed: Orders itself forgets them at the handover.
    private static func parcels(_ id: FulfillmentID, _ events: [Envelope]) -> String {
        let packed = events.flatMap { envelope -> [PackedPackage] in
            guard case .warehouse(.fulfillmentPacked(let event)) = envelope.event, event.fulfillmentID == id else {
                return []
            }
            return event.packages
        }
        return packed.isEmpty ? "-" : packed.map(\.sscc).joined(separator: " ")
    }

    private static func timeline(_ order: Order, _ events: [Envelope]) -> String {
        Terminal.table(
            ["time", "seconds", "service", "event"],
            events.map { envelope in
                let milliseconds = (envelope.recordedAt - order.placedAt).inMilliseconds
                let tenths = max(0, milliseconds / 100)
                return [
                    envelope.recordedAt.rfc3339, "\(tenths / 10).\(tenths % 10)", envelope.topic.rawValue,
                    envelope.event.type,
                ]
            })
    }
}
