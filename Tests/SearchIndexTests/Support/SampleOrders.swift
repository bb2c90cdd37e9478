import Kernel
import Ports
import SearchLanguage

/// Orders of an invented shop, as the search service would describe them.
enum SampleOrders {
    struct Row: Sendable {
        let id: Int64
        let number: String
        let name: String
        let city: String
        let country: String
        let products: [(sku: String, name: String)]
        let status: String
        let flags: [String]
        let carrier: String?
        let total: Int64
        let placed: String
    }

    static let rows: [Row] = [
        Row(
            id: 1001, number: "W-1001", name: "Anna Müller", city: "Köln", country: "DE",
            products: [("MUG-RED", "Red Mug"), ("TEA-1", "Tea Pot, blue")], status: "placed", flags: ["open"],
            carrier: nil, total: 19_990, placed: "2026-11-01"),
        Row(
            id: 1002, number: "W-1002", name: "Bertrand Lefèvre", city: "Saint-Étienne", country: "FR",
            products: [("MUG-BLU", "Blue Mug")], status: "fulfilling", flags: ["open", "short"], carrier: "DHL",
            total: 8_000, placed: "2026-11-02"),
        Row(
            id: 1003, number: "W-1003", name: "Chloé O'Brien", city: "Dublin", country: "IE",
            products: [("LANTERN 9", "Garden lantern"), ("MUG-RED", "Red Mug")], status: "completed", flags: [],
            carrier: "DHL", total: 125_500, placed: "2026-11-03"),
        Row(
            id: 1004, number: "W-1004", name: "Anna Schmidt", city: "Berlin", country: "DE",
            products: [("TEA-1", "Tea Pot, blue")], status: "cancelled", flags: [], carrier: nil, total: 19_990,
            placed: "2026-11-04"),
        Row(
            id: 1005, number: "X_77/5", name: "Łukasz Żak", city: "Łódź", country: "PL",
            products: [("BLUE-RED", "Ribbon, red"), ("MUG-X", "Mug, small")], status: "completed", flags: ["late"],
            carrier: "UPS Express", total: 700, placed: "2026-11-05"),
    ]

    static var documents: [SearchDocument] { rows.map { document($0) } }

    static func id(_ number: Int64) -> OrderID { OrderID(rawValue: number << 21) }

    static func document(_ row: Row, version: Int64 = 3) -> SearchDocument {
        let id = id(row.id)
        var document = SearchDocument(orderID: id, version: version)
        document.setKeywords(.order, [id.text])
        document.setKeywords(.number, [row.number])
        document.setKeywords(.customer, ["customer-\(row.id)"])
        document.setKeywords(.status, [row.status])
        document.setKeywords(.flag, row.flags)
        document.setKeywords(.country, [row.country])
        document.setKeywords(.carrier, [row.carrier].compactMap { $0 })
        document.setKeywords(.sku, row.products.map(\.sku))
        document.setText(.name, [row.name])
        document.setText(.city, [row.city])
        document.setText(.product, row.products.map(\.name))
        document.setText(.code, [id.text, row.number, "customer-\(row.id)"] + row.products.map(\.sku))
        document.numbers[.total] = row.total
        document.numbers[.units] = Int64(row.products.count)
        document.numbers[.placed] = Instant(rfc3339: row.placed + "T10:00:00Z")?.milliseconds
        document.numbers[.updated] = (document.numbers[.placed] ?? 0) + (5000 - row.id) * 1000
        if row.status == "completed" { document.numbers[.delivered] = (document.numbers[.placed] ?? 0) + 86_400_000 }
        return document
    }
}
