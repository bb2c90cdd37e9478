import ArgumentParser
import HTTPAPI
import Kernel
import Orders
import OrdersService

struct OrdersListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists orders, the newest first.",
        discussion: """
            Examples:
              doorstep orders list
              doorstep orders list --status rejected --json
            """)

    @Option(help: "Only these: \(OrderState.allCases.map(\.name).joined(separator: ", ")).")
    var status: String?

    @Option(help: "How many, 1 to 10,000.")
    var limit = 20

    @Flag(help: "Print JSON: the members that GET /v1/orders has.")
    var json = false

    @OptionGroup var data: DataOption

    func validate() throws {
        guard (1...10_000).contains(limit) else { throw ValidationError("--limit is 1 to 10,000") }
        guard status.map({ OrderState(name: $0) != nil }) ?? true else {
            throw ValidationError("--status is one of \(OrderState.allCases.map(\.name).joined(separator: ", "))")
        }
    }

    func run() throws {
        let folder = try data.existing()
        let orders = try read(folder).map(\.order)
        if json {
            let url = folder.serverURL ?? OrderCommands.unknownServerURL
            var json = JSONWriter()
            json.object { json in
                json.member("data", array: orders) { json, order in
                    json.object { OrderDocument.summary(order, &$0, url) }
                }
            }
            Terminal.say(json.text)
        } else {
            Terminal.say(orders.isEmpty ? "There are no such orders." : Self.table(orders))
        }
    }

    /// Page by page, since one query is bounded.
    private func read(_ folder: DataFolder) throws(Fault) -> [OrderView] {
        let connection = try folder.database(.orders).connect(.read)
        defer { connection.close() }
        var views: [OrderView] = []
        while views.count < limit {
            let page = try OrdersQueries.orders(
                state: status.flatMap(OrderState.init(name:)), after: views.last?.order.id,
                limit: min(200, limit - views.count), connection)
            views += page
            if page.isEmpty { break }
        }
        return views
    }

    private static func table(_ orders: [Order]) -> String {
        Terminal.table(
            ["order", "status", "payment", "fulfillment", "total", "placed at", ""],
            orders.map { order in
                [
                    order.id.text, order.state.name, order.paymentStatus.rawValue, order.fulfillmentStatus.rawValue,
                    order.total.description, order.placedAt.rfc3339,
                    order.endReason.isEmpty ? (order.isInJeopardy ? "late" : "") : order.endReason,
                ]
            })
    }
}
