import Contracts
import EmbeddedIndex
import Foundation
import Kernel
import OnlineRetail
import Ports
import PostgresIndex
import PostgresStore
import SearchLanguage
import SearchService
import TestServers
import Testing

/// The shop's own file, where it is at hand beside the project.
private let realFile = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../shared/data/orders/online_retail_dev_2010-12_2011-08.csv.xz").standardizedFileURL

/// The orders of a real shop, searched. What must be found was counted over the file's rows by a script that shares
/// nothing with this project.
@Suite(.serialized) struct RealShopTests {
    /// A query, how many orders it finds, and the number of the newest.
    static let queries: [(String, Int64, String?)] = [
        (#"lantern"#, 999, "565067"),
        (#""white metal lantern""#, 244, "564556"),
        (#"lantern -"white metal lantern""#, 755, "565067"),
        (#""red retrospot" cake"#, 2987, "565014"),
        (#"536365"#, 1, "536365"),
        (#"number:581000"#, 0, nil),
        (#"number:5363*"#, 32, "536399"),
        (#"sku:85123A"#, 1598, "564995"),
        (#"sku:85123a"#, 1598, "564995"),
        (#"sku:8512*"#, 1701, "564995"),
        (#"85123A"#, 1598, "564995"),
        (#"customer:customer-17850"#, 34, "536791"),
        (#"customer:unknown"#, 1088, "565076"),
        (#"17850"#, 34, "536791"),
        (#"to:de"#, 273, "564972"),
        (#"to:DE,FR"#, 503, "564972"),
        (#"country:ie lantern"#, 11, "563848"),
        (#"-to:gb"#, 1159, "564975"),
        (#"to:nl total>=1000"#, 27, "564650"),
        (#"total>10000"#, 37, "563614"),
        (#"total>=10000"#, 37, "563614"),
        (#"total<5"#, 162, "565076"),
        (#"total:100..200"#, 2591, "564975"),
        (#"placed:2010-12-01"#, 127, "536597"),
        (#"placed:2010-12"#, 1559, "539992"),
        (#"placed>=2011-08"#, 1363, "565076"),
        (#"placed>2011-08-30"#, 47, "565076"),
        (#"placed:2011-02-01..2011-02-14 heart"#, 295, "543979"),
        (#"placed<2010-12-02"#, 127, "536597"),
        (#"units>=10000"#, 8, "563614"),
        (#"units>1000 to:gb -customer:unknown"#, 278, "564353"),
        (#"vintage OR retro"#, 8383, "565067"),
        (#"(vintage OR retro) to:jp"#, 10, "561388"),
        (#"jumbo bag "red retrospot""#, 2333, "565014"),
        (#"product:teacup"#, 976, "565056"),
        (#"regency teacup"#, 976, "565056"),
        (#""regency cakestand 3 tier""#, 1410, "565056"),
        (#""3 tier regency""#, 0, nil),
        (#"postage"#, 1227, "564974"),
        (#"postage -to:gb,ie"#, 645, "564972"),
        (#"t-light holder"#, 3782, "564995"),
        (#""t-light holder" glass to:au"#, 0, nil),
        (#"christmas placed:2010-12 total>500"#, 154, "539958"),
        (#"name:"customer 17850""#, 34, "536791"),
        (#"name:unknown"#, 1088, "565076"),
        (#"paper craft little birdie"#, 0, nil),
        (#"herb marker"#, 256, "564713"),
        (#"sku:22423 placed:2011-01 to:gb"#, 110, "542718"),
        (#"gin tonic"#, 800, "565067"),
        (#"-placed>=2010-12-02"#, 127, "536597"),
        (#"zebra xylophone"#, 0, nil),
    ]

    @Test(
        .enabled(
            if: FileManager.default.fileExists(atPath: realFile.path),
            "../shared/data/orders is not here: the real shop is not searched"), arguments: [false, true])
    func fiftyQueriesFindWhatTheFileHolds(inPostgres: Bool) async throws {
        let invoices = try Self.orders()
        #expect(invoices.count == 12_503)
        let server = inPostgres ? try PostgresServer.shared() : nil
        let index = server.map { PostgresIndex(PostgresDatabase(url: $0.url, schema: $0.schema("search"))) }
        let shop = try SearchShop(index: index)
        let numbers = Dictionary(
            uniqueKeysWithValues: invoices.enumerated().map { (Self.id($0), $1.number) })
        try await shop.run { service in
            for (place, invoice) in invoices.enumerated() { try Self.add(invoice, Self.id(place), to: shop) }
            try await service.catchUp()
            for (text, count, newest) in Self.queries {
                let query = try SearchParser.parse(text, now: shop.clock.now)
                let answer = try await shop.index.search(SearchRequest(query, limit: 1))
                #expect(answer.total == count, "\(text)")
                #expect(answer.hits.first.flatMap { numbers[$0.orderID] } == newest, "\(text)")
            }
            let facets = try await shop.index.search(SearchRequest(.everything, limit: 1, facets: [.country])).facets
            #expect(facets[.country]?.first == FacetCount(value: "gb", count: 12_503 - 1159))
        }
    }

    private static func id(_ place: Int) -> OrderID { OrderID(rawValue: Int64(place + 1) << 21) }

    private static func orders() throws -> [RetailInvoice] {
        let packed = [UInt8](try Data(contentsOf: realFile))
        let decoder = try XZDecoder()
        var reader = RetailReader()
        try decoder.decode(packed) { reader.read($0) }
        try decoder.finish { reader.read($0) }
        return try reader.finish().invoices.filter(\.kind.isOrder)
    }

    /// The customer's name is invented as the import invents it.
    private static func add(_ invoice: RetailInvoice, _ id: OrderID, to shop: SearchShop) throws {
        let place = try #require(GeoPoint(latitude: 51.5, longitude: 0))
        let lines = invoice.sold
        shop.directory.set(
            id,
            OrderFacts(
                number: invoice.number, customer: invoice.customer.map { "customer-\($0)" } ?? "unknown",
                total: Money(lines.reduce(0) { $0 + $1.price * Int64($1.quantity) }, .gbp),
                lines: lines.map {
                    OrderFacts.Line(sku: $0.isGoods ? $0.code : nil, name: $0.label, quantity: $0.quantity)
                }, name: invoice.customer.map { "Customer \($0)" } ?? "Unknown customer", city: nil))
        let goods = lines.enumerated().filter { $0.element.isGoods }.map {
            LineDemand(line: $0.offset + 1, productID: ProductID(rawValue: 1), quantity: $0.element.quantity)
        }
        let created = OrderCreated(
            orderID: id, lines: goods, destination: Destination(country: invoice.country, place: place))
        shop.log.add([.orders(.orderCreated(created))], at: invoice.date)
    }
}
