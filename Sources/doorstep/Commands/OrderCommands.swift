import ArgumentParser
import Kernel
import Orders

struct OrderCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "orders",
        abstract: "Lists, finds, shows and cancels orders.",
        discussion: """
            Listing and showing read the data folder, also while `doorstep serve` runs. Searching asks the server.
            Cancelling asks the server that
            runs on the folder; when none runs, the cancellation is kept and carried out from the next start on.

            Examples:
              doorstep orders list --status fulfilling --limit 50
              doorstep orders show ord_01jd… --json
              doorstep orders cancel ord_01jd… --reason "customer called"
            """,
        subcommands: [
            OrdersListCommand.self, OrdersSearchCommand.self, OrdersShowCommand.self, OrdersCancelCommand.self,
        ])

    static let unknownServerURL = "http://127.0.0.1:8080"
}

struct OrderArgument: ParsableArguments {
    @Argument(help: "The order's id, as `orders list` shows it.")
    var order: String

    func id() throws -> OrderID {
        guard let id = OrderID(text: order) else {
            throw ValidationError("'\(order)' is no order's id; it looks like ord_01jd…, see `doorstep orders list`.")
        }
        return id
    }

    static func missing(_ id: OrderID) -> Fault {
        Fault("no_such_order", retryable: false, "There is no order \(id).")
    }
}
