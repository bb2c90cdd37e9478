import Kernel
import Ports
import SearchLanguage
import SearchService

/// Orders of a shop that never was, as documents, and what is asked of them. The same number makes the same one.
enum InventedDocuments {
    private static let colors = ["red", "blue", "green", "white", "black", "pink", "ivory", "silver"]
    private static let things = [
        "mug", "teapot", "lantern", "cushion", "clock", "ribbon", "doormat", "candle", "frame", "basket", "bunting",
        "jug", "tray", "bowl", "scarf", "notebook",
    ]
    private static let kinds = ["small", "large", "vintage", "garden", "kitchen", "travel", "paper", "glass"]
    private static let names = [
        "Anna", "Bertrand", "Chloé", "Dmitri", "Elif", "Fatou", "Giulia", "Hugo", "Ines", "Jörg",
    ]
    private static let families = [
        "Müller", "Lefèvre", "O'Brien", "Żak", "Rossi", "García", "Andersson", "Nowak", "Dubois", "Weber", "Moreau",
        "Silva",
    ]
    private static let cities = ["Berlin", "Köln", "Lyon", "Łódź", "Dublin", "Torino", "Sevilla", "Malmö"]
    private static let countries = ["DE", "DE", "DE", "FR", "FR", "PL", "IE", "IT", "ES", "SE"]
    private static let states = [
        "completed", "completed", "completed", "completed", "completed", "fulfilling", "placed", "cancelled",
        "rejected",
    ]
    private static let carriers = ["dhl", "dhl", "ups", "swift", "turtle"]

    private static func pick<Element>(_ elements: [Element], _ random: inout SeededGenerator) -> Element {
        elements[Int(random.next() % UInt64(elements.count))]
    }

    static func document(_ number: Int) -> SearchDocument {
        var random = SeededGenerator(seed: UInt64(number) &* 7919 &+ 3)
        let placed = Instant(milliseconds: 1_767_225_600_000 + Int64(number) * 300_000)
        let id = OrderID(rawValue: (placed.milliseconds - 1_704_067_200_000) << 21)
        var document = SearchDocument(orderID: id, version: 12)
        let state = pick(states, &random)
        let skus = (0..<3).map { _ in "SKU-\(random.next() % 4000)" }
        let products = (0..<3).map { _ in
            "\(pick(colors, &random)) \(pick(kinds, &random)) \(pick(things, &random)) \(random.next() % 500)"
        }
        let tracking = "00340\(100_000_000 + number)"
        document.setKeywords(.order, [id.text])
        document.setKeywords(.number, ["W-\(number)"])
        document.setKeywords(.customer, ["customer-\(number % 9000)"])
        document.setKeywords(.status, [state])
        document.setKeywords(.flag, state == "completed" ? ["handed_over"] : ["open"])
        document.setKeywords(.payment, ["captured"])
        document.setKeywords(.shipment, ["delivered"])
        document.setKeywords(.country, [pick(countries, &random)])
        document.setKeywords(.warehouse, [pick(["BER", "LYS", "MUC"], &random)])
        document.setKeywords(.carrier, [pick(carriers, &random)])
        document.setKeywords(.currency, ["EUR"])
        document.setKeywords(.sku, skus)
        document.setKeywords(.tracking, [tracking])
        document.setText(.name, ["\(pick(names, &random)) \(pick(families, &random))"])
        document.setText(.city, [pick(cities, &random)])
        document.setText(.product, products)
        document.setText(.code, [id.text, "W-\(number)", "customer-\(number % 9000)", tracking] + skus)
        document.numbers[.total] = Int64(random.next() % 300_000)
        document.numbers[.units] = 3
        document.numbers[.placed] = placed.milliseconds
        document.numbers[.updated] = placed.milliseconds + 86_400_000
        if state == "completed" { document.numbers[.delivered] = placed.milliseconds + 86_400_000 }
        return document
    }

    /// What support people ask: mostly one order by a number, a name or a few words; now and then a broad question,
    /// with facets as the console asks for them.
    static func question(_ number: Int, of count: Int) -> (kind: String, question: OrderSearch.Question) {
        var random = SeededGenerator(seed: UInt64(number) &* 104_729 &+ 11)
        let some = Int(random.next() % UInt64(count))
        let (kind, text, facets): (String, String, [SearchField]) =
            switch number % 10 {
            case 0: ("order number", "W-\(some)", [])
            case 1: ("tracking number", "00340\(100_000_000 + some)", [])
            case 2: ("name", "\(pick(names, &random)) \(pick(families, &random))", [])
            case 3: ("phrase", "\"\(pick(colors, &random)) \(pick(kinds, &random)) \(pick(things, &random))\"", [])
            case 4: ("words", "\(pick(things, &random)) \(pick(colors, &random)) \(pick(cities, &random))", [])
            case 5: ("filters", "status:fulfilling carrier:dhl \(pick(things, &random)) -cancelled", FacetCount.fields)
            case 6: ("customer", "customer:customer-\(some % 9000)", FacetCount.fields)
            case 7: ("misspelled", "\(pick(things, &random).dropLast())q W-\(some)", [])
            case 8: ("range", "sku:SKU-\(some % 4000) placed>=2026-03 total>50", FacetCount.fields)
            default: ("everything", "", FacetCount.fields)
            }
        return (kind, OrderSearch.Question(text, includesPeople: true, limit: 20, facets: facets))
    }
}
