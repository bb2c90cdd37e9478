import Kernel
import Testing

@testable import HTTPAPI

@Suite struct RequestReadingTests {
    private func object(_ text: String) throws -> RequestObject {
        RequestObject(try JSONValue(parsing: Array(text.utf8)))
    }

    @Test func everyErrorIsNamedWithItsPointer() throws {
        let body = try object(#"{"name": 5, "size": {"w": -1, "extra": 1}, "list": [{"a": "x"}, {}], "odd/one~": 1}"#)
        _ = body.string("name")
        _ = body.string("missing")
        let size = body.object("size")
        _ = size?.int("w", in: 0...10)
        size?.finish()
        _ = body.objects("list", count: 1...5) { $0.string("a") }
        body.finish()
        #expect(
            body.collector.errors.map(\.pointer)
                == ["/name", "/missing", "/size/w", "/size/extra", "/list/1/a", "/odd~1one~0"])
        #expect(body.problem.status == 422)
    }

    @Test(arguments: [
        ("0", false), ("1", true), ("5", true), ("6", false), ("1.5", false), ("\"1\"", false), ("null", false),
    ])
    func integersHaveTheirRange(_ text: String, _ isGood: Bool) throws {
        let body = try object("{\"n\": \(text)}")
        #expect((body.int("n", in: 1...5) != nil) == isGood)
        #expect(body.isValid == isGood)
    }

    @Test func aNullIsNoMissingMember() throws {
        let body = try object(#"{"a": null, "b": null}"#)
        #expect(body.has("a") && !body.has("c"))
        #expect(body.int("a", required: false, in: 0...9) == nil)
        #expect(body.string("b", required: false) == nil)
        #expect(body.string("c", required: false) == nil)
        #expect(body.collector.errors.map(\.pointer) == ["/a", "/b"])
    }

    @Test(arguments: [
        ("{\"lat\": 90, \"lng\": 180}", true), ("{\"lat\": 90.01, \"lng\": 0}", false),
        ("{\"lat\": 0, \"lng\": -180.01}", false), ("{\"lat\": 0}", false), ("[1, 2]", false),
    ])
    func placesLieOnEarth(_ text: String, _ isGood: Bool) throws {
        let body = try object("{\"place\": \(text)}")
        #expect((body.point("place") != nil) == isGood)
    }

    @Test func moneyIsMinorUnitsWithACurrency() throws {
        let body = try object(#"{"a": {"amount": 1999, "currency": "EUR"}, "b": {"amount": -1, "currency": "eur"}}"#)
        #expect(body.money("a") == Money(1999, .eur))
        #expect(body.money("b") == nil)
        #expect(body.collector.errors.map(\.pointer) == ["/b/amount", "/b/currency"])
    }

    @Test func aTextHasNoControlCharacters() throws {
        let body = try object(#"{"a": "x\u0000y", "b": "", "c": "ü"}"#)
        #expect(body.string("a") == nil)
        #expect(body.string("b") == nil)
        #expect(body.string("c", length: 1...1) == "ü")
    }

    @Test(arguments: [[0], [1], [Int64.max], [-5, Int64.min]]) func cursorsReadBack(_ key: [Int64]) {
        #expect(Page.read(Page.cursor(key), parts: key.count) == key)
        #expect(Page.read(Page.cursor(key), parts: key.count + 1) == nil)
    }

    @Test(arguments: ["", "a", "b1", "a!", "a-", "123", "a1.", "a1.2"]) func foreignCursorsAreRefused(_ text: String) {
        #expect(Page.read(text, parts: 1) == nil)
    }
}
