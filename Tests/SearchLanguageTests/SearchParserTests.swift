import Kernel
import Testing

@testable import SearchLanguage

/// What people type, and what is understood by it.
struct SearchParserTests {
    private static let now = Instant(milliseconds: 1_795_600_000_000)  // 2026-11-25T09:46:40Z

    private func parsed(_ text: String) throws(SearchSyntaxError) -> SearchQuery {
        try SearchParser.parse(text, now: Self.now)
    }

    private static func word(_ word: String) -> SearchQuery { .word(word, isPrefix: true, in: nil) }
    private static func whole(_ word: String) -> SearchQuery { .word(word, isPrefix: false, in: nil) }
    private static func code(_ field: SearchField, _ value: String) -> SearchQuery {
        .keyword(field, value, isPrefix: false)
    }
    private static func day(_ text: String) -> Int64 {
        Instant(rfc3339: "\(text)T00:00:00Z")?.milliseconds ?? 0
    }
    private static let endless: Int64 = 1 << 53

    static let queries: [(String, SearchQuery)] = [
        ("", .everything),
        ("   ", .everything),
        ("mug", word("mug")),
        ("Müg", word("mug")),
        ("red mug", .all([word("red"), word("mug")])),
        ("\"Red  mug\"", .phrase(["red", "mug"], in: nil)),
        ("“red mug”", .phrase(["red", "mug"], in: nil)),
        ("\"mug\"", whole("mug")),
        ("ord_01jd3q8f6v000", .all([whole("ord"), word("01jd3q8f6v000")])),
        ("#1001", word("1001")),
        ("O'Brien", .all([whole("o"), word("brien")])),
        ("-mug", .not(word("mug"))),
        ("red-mug", .all([whole("red"), word("mug")])),
        ("cancelled", .any([word("cancelled"), code(.status, "cancelled")])),
        ("-cancelled", .not(.any([word("cancelled"), code(.status, "cancelled")]))),
        ("status:placed", code(.status, "placed")),
        ("STATUS:Placed", code(.status, "placed")),
        ("status:short", code(.flag, "short")),
        ("status:in_transit", code(.shipment, "in_transit")),
        ("status:handed_over", .any([code(.flag, "handed_over"), code(.fulfillment, "handed_over")])),
        ("status:placed,completed", .any([code(.status, "placed"), code(.status, "completed")])),
        ("is:late", code(.flag, "late")),
        ("carrier:DHL", code(.carrier, "dhl")),
        ("carrier:\"dhl express\"", code(.carrier, "dhl express")),
        ("sku:AB-1*", .keyword(.sku, "ab-1", isPrefix: true)),
        ("sku:\"AB*\"", code(.sku, "ab*")),
        ("name:müller", .word("muller", isPrefix: true, in: .name)),
        ("name:\"anna müller\"", .phrase(["anna", "muller"], in: .name)),
        ("to:de", code(.country, "de")),
        ("placed:2026-11-01", .number(.placed, day("2026-11-01")...(day("2026-11-02") - 1))),
        ("placed>2026-11-01", .number(.placed, day("2026-11-02")...endless)),
        ("placed>=2026-11-01", .number(.placed, day("2026-11-01")...endless)),
        ("placed<2026-11-01", .number(.placed, -endless...(day("2026-11-01") - 1))),
        ("placed<=2026-11-01", .number(.placed, -endless...(day("2026-11-02") - 1))),
        ("placed:2026-11", .number(.placed, day("2026-11-01")...(day("2026-12-01") - 1))),
        ("placed:2026-12", .number(.placed, day("2026-12-01")...(day("2027-01-01") - 1))),
        ("placed:2026", .number(.placed, day("2026-01-01")...(day("2027-01-01") - 1))),
        ("placed:2024-02-29", .number(.placed, day("2024-02-29")...(day("2024-03-01") - 1))),
        ("placed:2026-10..2026-11", .number(.placed, day("2026-10-01")...(day("2026-12-01") - 1))),
        ("placed:..2026-11-01", .number(.placed, -endless...(day("2026-11-02") - 1))),
        ("placed:today", .number(.placed, day("2026-11-25")...(day("2026-11-26") - 1))),
        ("placed:yesterday", .number(.placed, day("2026-11-24")...(day("2026-11-25") - 1))),
        ("placed>=7d", .number(.placed, (now.milliseconds - 7 * 86_400_000)...endless)),
        ("updated<30min", .number(.updated, -endless...(now.milliseconds - 1_800_001))),
        ("delivered>2026-11-24T10:00:00Z", .number(.delivered, (day("2026-11-24") + 36_000_001)...endless)),
        ("total>100", .number(.total, 100_001...endless)),
        ("total:19.99", .number(.total, 19_990...19_990)),
        ("total:10..20.5", .number(.total, 10_000...20_500)),
        ("units>=3", .number(.units, 3...endless)),
        ("red OR blue mug", .any([word("red"), .all([word("blue"), word("mug")])])),
        ("(red OR blue) mug", .all([.any([word("red"), word("blue")]), word("mug")])),
        ("-(red blue)", .not(.all([word("red"), word("blue")]))),
        ("or", word("or")),
        (
            "status:short carrier:dhl \"red mug\" placed>2026-11-01 -cancelled",
            .all([
                code(.flag, "short"), code(.carrier, "dhl"), .phrase(["red", "mug"], in: nil),
                .number(.placed, day("2026-11-02")...endless),
                .not(.any([word("cancelled"), code(.status, "cancelled")])),
            ])
        ),
    ]

    @Test(arguments: queries) func means(text: String, query: SearchQuery) throws {
        #expect(try parsed(text) == query)
    }

    static let refusals: [(String, SearchSyntaxError.Reason, position: Int, length: Int)] = [
        ("red \"mug", .unclosedQuote, 4, 4),
        ("(red", .unclosedParenthesis, 0, 1),
        ("red)", .strayParenthesis, 3, 1),
        ("()", .nothingAfter("("), 0, 1),
        ("red OR", .nothingAfter("OR"), 6, 0),
        ("OR red", .nothingBefore("OR"), 0, 2),
        ("red -", .nothingAfter("-"), 5, 0),
        ("- red", .nothingAfter("-"), 2, 3),
        ("carier:dhl", .unknownField("carier", suggestion: "carrier"), 0, 7),
        ("xyzzy:1", .unknownField("xyzzy", suggestion: nil), 0, 6),
        ("carrier:", .missingValue(field: "carrier"), 8, 0),
        ("carrier: dhl", .missingValue(field: "carrier"), 8, 0),
        ("carrier:dhl, ups", .missingValue(field: "carrier"), 12, 0),
        ("status:shrt", .unknownValue(field: "status", value: "shrt", suggestions: ["short"]), 7, 4),
        ("is:what", .unknownValue(field: "is", value: "what", suggestions: []), 3, 4),
        ("carrier>dhl", .notComparable(field: "carrier"), 0, 8),
        ("name<z", .notComparable(field: "name"), 0, 5),
        ("placed>soon", .invalidTime("soon"), 7, 4),
        ("placed:2026-02-30", .invalidTime("2026-02-30"), 7, 10),
        ("placed:..", .invalidTime(".."), 7, 2),
        ("total>x", .invalidAmount("x"), 6, 1),
        ("total:1.2345", .invalidAmount("1.2345"), 6, 6),
        ("total:99999999999999999999", .invalidAmount("99999999999999999999"), 6, 20),
        ("units:1.5", .invalidCount("1.5"), 6, 3),
        ("units:9999999999999999", .invalidCount("9999999999999999"), 6, 16),
        ("total:20..10", .emptyRange("20..10"), 6, 6),
        ("!!!", .noWords("!!!"), 0, 3),
        ("sku:*", .missingValue(field: "sku"), 4, 1),
    ]

    @Test(arguments: refusals) func refuses(
        text: String, reason: SearchSyntaxError.Reason, position: Int, length: Int
    ) throws {
        let error = #expect(throws: SearchSyntaxError.self) { try parsed(text) }
        #expect(error == SearchSyntaxError(reason: reason, position: position, length: length))
        #expect(error?.detail.isEmpty == false)
    }

    @Test func limits() throws {
        #expect(throws: Never.self) { try parsed(String(repeating: "a", count: SearchParser.lengthMax)) }
        #expect(throws: SearchSyntaxError.self) {
            try parsed(String(repeating: "a", count: SearchParser.lengthMax + 1))
        }
        let words = { (count: Int) in Array(repeating: "ab", count: count).joined(separator: " ") }
        #expect(throws: Never.self) { try parsed(words(SearchParser.partsMax)) }
        #expect(throws: SearchSyntaxError.self) { try parsed(words(SearchParser.partsMax + 1)) }
        let deep = { (depth: Int) in
            String(repeating: "(", count: depth) + "a" + String(repeating: ")", count: depth)
        }
        #expect(throws: Never.self) { try parsed(deep(SearchParser.depthMax)) }
        #expect(throws: SearchSyntaxError.self) { try parsed(deep(SearchParser.depthMax + 1)) }
    }

    /// Whatever is typed is understood or refused with a place in it.
    @Test(arguments: 1...40) func anyTextIsReadOrRefused(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let pieces = [
            "red", "-", "(", ")", "\"", " ", "OR", ":", "status", "placed", ">", "<=", "2026-11-01", ",", "..", "*",
            "é",
            "\u{301}", "🙂", "short", "total", "9", "ord_", "\t",
        ]
        for _ in 0..<200 {
            let text = (0..<Int.random(in: 0...12, using: &generator)).map { _ in
                pieces[Int.random(in: 0..<pieces.count, using: &generator)]
            }.joined()
            do throws(SearchSyntaxError) {
                _ = try parsed(text)
            } catch {
                let end = text.unicodeScalars.count
                #expect((0...end).contains(error.position) && (0...end - error.position).contains(error.length))
                #expect(!error.detail.isEmpty)
            }
        }
    }
}
