import Kernel
import Testing

@testable import OnlineRetail

@Suite struct RetailRowTests {
    private static let good = [
        "536365", "85123a", " WHITE HEART ", "6", "2010-12-01 08:26:00", "2.55", "17850.0", "United Kingdom",
    ]

    @Test func aRowIsReadAndItsCodeIsWrittenInCapitals() throws {
        let row = try RetailRow(Self.good)
        #expect(row.code == "85123A" && row.isGoods && row.description == "WHITE HEART")
        #expect(row.quantity == 6 && row.price == 255 && row.customer == "17850" && row.country == "GB")
        #expect(row.date == Instant(rfc3339: "2010-12-01T08:26:00Z") && row.series == .sale)
    }

    @Test(arguments: [
        (0, "X536365", RetailFlaw.invoiceNumber("X536365")), (0, "", .invoiceNumber("")),
        (0, "C", .invoiceNumber("C")), (1, "", .stockCode("")), (1, "85 ", .stockCode("85 ")),
        (2, "a\u{7}", .label("a\u{7}")), (3, "0", .quantity("0")), (3, "1.5", .quantity("1.5")),
        (3, "1000001", .quantity("1000001")), (3, "99999999999999999999", .quantity("99999999999999999999")),
        (4, "2010-02-30 08:26:00", .date("2010-02-30 08:26:00")), (4, "2010-12-01", .date("2010-12-01")),
        (5, "-1.0", .price("-1.0")), (5, "", .price("")), (5, "1e3", .price("1e3")), (5, "1.", .price("1.")),
        (6, "x", .customer("x")), (7, "Atlantis", .country("Atlantis")),
    ])
    func aFlawNamesItsColumnAndItsText(column: Int, text: String, flaw: RetailFlaw) {
        var fields = Self.good
        fields[column] = text
        #expect(throws: flaw) { try RetailRow(fields) }
    }

    @Test func aRowHasEightColumns() {
        #expect(throws: RetailFlaw.columns(7)) { try RetailRow(Array(Self.good.dropLast())) }
        #expect(throws: RetailFlaw.columns(9)) { try RetailRow(Self.good + [""]) }
    }

    @Test(arguments: [
        ("2.55", 255), ("2.5", 250), ("2", 200), ("0.001", 0), ("0.004", 0), ("0.005", 1), ("-11062.06", -1_106_206),
    ])
    func pricesAreExactMinorUnits(text: String, amount: Int64) {
        #expect(RetailRow.minorUnits(text) == amount)
    }

    @Test(arguments: [
        ("85123A", true), ("22423", true), ("15056BL", true), ("15056BLX", true), ("15056BLXY", false),
        ("POST", false), ("DOT", false), ("M", false), ("C2", false), ("BANK CHARGES", false), ("GIFT_0001_20", false),
        ("DCGS0076", false), ("2242", false), ("2242A", false), ("", false),
    ])
    func goodsHaveFiveDigitsAndAnOptionalSuffix(code: String, isGoods: Bool) {
        #expect(RetailRow.isGoods(code) == isGoods)
    }

    @Test(arguments: [
        ("EIRE", "IE"), ("RSA", "ZA"), ("USA", "US"), ("Channel Islands", "JE"), ("European Community", "BE"),
        ("Unspecified", "GB"), ("United Kingdom", "GB"), ("Hong Kong", "HK"),
    ])
    func countriesHaveTheirISOCode(name: String, code: String) {
        #expect(RetailCountry.code(of: name) == code)
    }
}
