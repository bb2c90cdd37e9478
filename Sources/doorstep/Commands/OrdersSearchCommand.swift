import ArgumentParser
import Foundation
import HTTPAPI
import Kernel

struct OrdersSearchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "Finds orders by anything one was told.",
        discussion: """
            Asks the server that runs on the data folder.

            Examples:
              doorstep orders search 'status:short carrier:dhl "red mug" placed>2026-11-01 -cancelled'
              doorstep orders search müller --sort updated --json
            """)

    @Argument(help: "What to look for, as in the console's search box.")
    var query: String

    @Option(help: "newest, oldest, updated, dearest or cheapest first.")
    var sort = "newest"

    @Option(help: "How many, 1 to 200.")
    var limit = 20

    @Flag(help: "Print what GET /v1/orders answers.")
    var json = false

    @OptionGroup var data: DataOption

    func validate() throws {
        guard (1...200).contains(limit) else { throw ValidationError("--limit is 1 to 200") }
    }

    func run() async throws {
        let folder = try data.existing()
        let path =
            "/v1/orders?q=\(Self.encoded(query))&sort=\(Self.encoded(sort))&limit=\(limit)"
        let document = try await ServerCall.with(
            try SearchCommands.server(folder), folder, [.ordersRead, .recipientsRead]
        ) { try await $0.get(path) }
        if json {
            var writer = JSONWriter()
            writer.value(document)
            Terminal.say(writer.text)
            return
        }
        let orders = document["data"]?.array ?? []
        if document["forgives_typos"]?.bool == true {
            Terminal.say("Nothing is spelled like that; this is what was probably meant.")
        }
        Terminal.say(orders.isEmpty ? "Nothing was found." : Self.table(orders))
        if let total = document["total"]?.integer, total > Int64(orders.count) { Terminal.say("\(total) altogether.") }
    }

    private static func table(_ orders: [JSONValue]) -> String {
        Terminal.table(
            ["order", "number", "status", "customer", "placed at"],
            orders.map { order in
                ["id", "number", "status", "customer", "placed_at"].map { order[$0]?.string ?? "" }
            })
    }

    /// - Source: RFC 3986, section 2.
    private static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }
}
