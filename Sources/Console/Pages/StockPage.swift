import Kernel
import Ports
import Warehouse
import WarehouseService

extension ConsoleRoutes {
    static let stockLimit = 200

    /// - Parameter after: the product and the warehouse that end the page before, as `prd_….whs_…`; anything else
    ///   shows the beginning.
    func stock(after: String?) async throws(Fault) -> Page {
        let key = after.flatMap(StockPage.key)
        let found = try await services.warehouse.read { database throws(Fault) in
            let queries = WarehouseQueries(database)
            return (
                sites: try queries.warehouses(), rows: try queries.stock(after: key, limit: Self.stockLimit)
            )
        }
        return StockPage(sites: found.sites, rows: found.rows, isFull: found.rows.count == Self.stockLimit).page
    }
}

/// The stock per product and warehouse.
struct StockPage {
    let sites: [WarehouseSite]
    /// By product, then warehouse.
    let rows: [StockView]
    /// There may be more.
    let isFull: Bool

    static func key(_ text: String) -> StockKey? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let product = ProductID(text: parts[0]), let warehouse = WarehouseID(text: parts[1])
        else { return nil }
        return StockKey(product, warehouse)
    }

    var page: Page {
        let none = HTML("<p class=\"soft\">There is no stock yet.</p>")
        return Page(
            title: "Stock", area: .stock,
            content: HTML(
                """
                <h1>Stock</h1><section id="stock" data-live aria-label="Stock">\(rows.isEmpty ? none : table)\(next)</section>
                """))
    }

    private var table: HTML {
        HTML(
            """
            <p class="soft">Available is what is on hand without what is held, allocated or set aside.</p>
            <div class="scroll"><table><thead><tr><th scope="col">Product</th><th scope="col">Warehouse</th>
            <th scope="col" class="n">Available</th><th scope="col" class="n">On hand</th>
            <th scope="col" class="n">Held</th><th scope="col" class="n">Allocated</th>
            <th scope="col" class="n">Picked</th><th scope="col" class="n">Set aside</th>
            <th scope="col" class="n">Incoming</th></tr></thead><tbody>\(body)</tbody></table></div>
            """)
    }

    private var body: HTML {
        let names = Dictionary(sites.map { ($0.id, $0) }) { first, _ in first }
        var body = HTML.empty
        var product: ProductID?
        for row in rows {
            let stock = row.stock
            let isFirst = stock.key.productID != product
            product = stock.key.productID
            let site = names[stock.key.warehouseID]
            // A product's name stands once, at its first warehouse; its SKU on every row, for those who search.
            let name = isFirst ? HTML("<div class=\"soft\">\(row.productName)</div>") : HTML.empty
            body += HTML(
                """
                <tr class="\(isFirst ? "first" : "more")"><th scope="row" class="mono">\(row.sku)\(name)</th>\
                <td><abbr title="\(site?.name ?? "")">\(site?.code ?? stock.key.warehouseID.text)</abbr></td>\
                \(numbers(row))</tr>
                """)
        }
        return body
    }

    private func numbers(_ row: StockView) -> [HTML] {
        let stock = row.stock
        let available = HTML("<td class=\"n\(stock.available > 0 ? "" : " gone")\">\(stock.available)</td>")
        return [available]
            + [stock.onHand, stock.held, stock.allocated, stock.picked, stock.unavailable, stock.incoming].map {
                number in
                HTML("<td class=\"n\(number == 0 ? " zero" : "")\">\(number)</td>")
            }
    }

    private var next: HTML {
        guard isFull, let last = rows.last?.stock.key else { return .empty }
        return HTML("<p><a href=\"/stock?after=\(last.productID.text).\(last.warehouseID.text)\">Next page</a></p>")
    }
}
