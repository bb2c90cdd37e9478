import Kernel
import Testing

@Suite("GS1 keys and SKUs")
struct IdentificationKeyTests {
    @Test("check digits of published examples")
    func checkDigits() {
        // GS1's own worked examples: GTIN-13 629104150021-3, SSCC 37610425002123456-9.
        #expect(CheckDigit.gs1([6, 2, 9, 1, 0, 4, 1, 5, 0, 0, 2, 1]) == 3)
        #expect(CheckDigit.gs1([3, 7, 6, 1, 0, 4, 2, 5, 0, 0, 2, 1, 2, 3, 4, 5, 6]) == 9)
        #expect(CheckDigit.gs1([]) == 0 && CheckDigit.gs1([0]) == 0)
    }

    @Test(
        "known trade item numbers",
        arguments: ["6291041500213", "4006381333931", "9780306406157", "036000291452", "96385074", "10614141000415"])
    func gtin(text: String) throws {
        #expect(GTIN(text)?.digits == text)
        // One wrong digit is always found.
        let digits = Array(text)
        for place in digits.indices {
            let digit = try #require(digits[place].wholeNumberValue)
            for other in 0...9 where other != digit {
                var damaged = digits
                damaged[place] = Character(String(other))
                #expect(GTIN(String(damaged)) == nil)
            }
        }
    }

    @Test("refuses other lengths and characters")
    func refusals() {
        for text in ["", "0", "6291041500210", "62910415002130", "629104150021", "629104150021x", "６291041500213"] {
            #expect(GTIN(text) == nil, "\(text)")
        }
        #expect(SSCC("6291041500213") == nil && SSCC("376104250021234568") == nil)
        #expect(GLN("96385074") == nil && GLN("6291041500212") == nil)
    }

    @Test("a location number has 13 digits")
    func gln() {
        #expect(GLN("6291041500213")?.digits == "6291041500213")
    }

    @Test("a container code is built from its parts")
    func sscc() {
        #expect(SSCC("376104250021234569")?.digits == "376104250021234569")
        let built = SSCC(extensionDigit: 3, companyPrefix: "7610425", serial: 2_123_456)
        #expect(built.digits == "376104250021234569")
        #expect(SSCC(extensionDigit: 0, companyPrefix: "4006381", serial: 0).digits.count == 18)
    }

    @Test("built codes are valid and the serial wraps", arguments: ["4006", "4006381", "400638133393"])
    func builtCodes(prefix: String) {
        var capacity: Int64 = 1
        for _ in 0..<(16 - prefix.count) { capacity *= 10 }
        for serial in [0, 1, capacity - 1, capacity, Int64.max] {
            let code = SSCC(extensionDigit: 9, companyPrefix: prefix, serial: serial)
            #expect(SSCC(code.digits) == code)
            #expect(code == SSCC(extensionDigit: 9, companyPrefix: prefix, serial: serial % capacity))
        }
    }

    @Test("a SKU is printable ASCII without spaces at its ends")
    func sku() throws {
        for text in ["A", "a-1/2_3.4", "two words", String(repeating: "x", count: 64), "~!\""] {
            #expect(SKU(text)?.text == text)
        }
        for text in ["", " A", "A ", " ", "é", "a\tb", "a\nb", "a\u{7F}", String(repeating: "x", count: 65)] {
            #expect(SKU(text) == nil, "\(text)")
        }
        let (upper, lower) = (try #require(SKU("A-1")), try #require(SKU("a-1")))
        #expect(upper != lower && upper < lower && upper.description == "A-1")
    }
}
