import ArgumentParser
import HTTPAPI
import Kernel
import Orders
import OrdersService
import Runtime

struct OrdersCancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "Asks for an order's cancellation; the warehouse has the last word.",
        discussion: """
            Exit code 0 when the cancellation is accepted for decision, 1 when it is refused, for example because
            the parcel has left. What came of it: `doorstep orders show`.

            Example:
              doorstep orders cancel ord_01jd… --reason "customer called"
            """)

    @OptionGroup var argument: OrderArgument

    @Option(help: "Why, for people.")
    var reason = "operator"

    @OptionGroup var data: DataOption

    func validate() throws {
        guard CancelOrder.isValid(reason: reason) else { throw ValidationError("--reason is 1 to 200 characters") }
    }

    func run() async throws {
        let id = try argument.id()
        let command = OrdersCommand.cancelOrder(CancelOrder(orderID: id, reason: reason))
        let folder = try data.existing()
        let connection = try folder.database(.orders).connect(.read)
        defer { connection.close() }
        guard let former = try OrdersQueries.order(id, connection)?.order else { throw OrderArgument.missing(id) }
        var body = JSONWriter()
        body.object { $0.member("reason", self.reason) }
        let (text, reason) = (body.text, self.reason)
        try await SystemChange.make(
            in: folder, scope: .ordersWrite,
            through: { _ = try await $0.post("/v1/orders/\(id)/cancel", text) },
            directly: { system in
                let note = AuditNote<OrdersReply>(
                    actor: SystemChange.actor, action: "cancel_order", reason: reason,
                    before: { _ in Audited.text(of: former) }, outcome: { _ in (id.text, "") })
                _ = try await system.ask(command, audit: note)
            })
        Terminal.say("The cancellation of \(id) is accepted for decision; `doorstep orders show \(id)` tells more.")
    }
}
