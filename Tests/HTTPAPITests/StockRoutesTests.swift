import Kernel
import Testing

@testable import HTTPAPI

@Suite struct StockRoutesTests {
    let system: TestSystem
    var client: TestClient { system.client }

    init() async throws { system = try await TestSystem() }

    @Test func aProductIsEditedByVersion() async throws {
        let made = try await client.post("/v1/products", #"{"sku": "A", "name": "A", "weight_grams": 1}"#)
        let path = try #require(made.header("location"))
        let read = try await client.get(path)
        #expect(read.header("etag") == "\"1\"")
        let change = #"{"name": "B"}"#
        #expect(try await client.send(.put, path, change).status == 428)
        #expect(try await client.send(.put, path, change, headers: ["if-match": "\"2\""]).status == 412)
        #expect(try await client.send(.put, path, change, headers: ["if-match": "W/\"1\""]).status == 412)
        let changed = try await client.send(.put, path, change, headers: ["if-match": "\"1\""])
        #expect(changed.status == 200)
        #expect(changed.header("etag") == "\"2\"")
        #expect(changed.json["name"]?.string == "B")
        let stale = try await client.send(.put, path, change, headers: ["if-match": "\"1\""])
        #expect(stale.status == 412)
        #expect(stale.code == "version_mismatch")
    }

    @Test(arguments: [
        (#"{"sku": "A", "name": "A", "weight_grams": 0}"#, "/weight_grams"),
        (#"{"sku": " A", "name": "A", "weight_grams": 1}"#, "/sku"),
        (#"{"sku": "A", "gtin": "4006381333932", "name": "A", "weight_grams": 1}"#, "/gtin"),
        (#"{"sku": "A", "name": "A", "weight_grams": 1, "color": "red"}"#, "/color"),
        (
            #"{"sku": "A", "name": "A", "weight_grams": 1, "dimensions": {"length_mm": 1, "width_mm": 1}}"#,
            "/dimensions/height_mm"
        ),
    ])
    func productsAreChecked(_ body: String, _ pointer: String) async throws {
        let answer = try await client.post("/v1/products", body)
        #expect(answer.status == 422)
        #expect(answer.json["errors"]?.array?.map { $0["pointer"]?.string } == [pointer])
    }

    @Test func manyProductsAtOnceAreAnsweredEach() async throws {
        let product = #"{"sku": "A", "name": "A", "weight_grams": 1}"#
        let answer = try await client.post("/v1/products/batch", #"{"products": [\#(product), \#(product)]}"#)
        #expect(answer.json["results"]?.array?.map { $0["status"]?.integer } == [200, 409])
    }

    @Test func countsAreReplacedOnlyWhenTheyAreKnown() async throws {
        let warehouse = try await system.stock("A", 10)
        func adjust(_ change: String, _ reference: String) async throws -> TestAnswer {
            try await client.post(
                "/v1/stock/adjust",
                #"{"sku": "A", "warehouse_id": "\#(warehouse)", "reference": "\#(reference)", \#(change)}"#)
        }
        let stale = try await adjust(#""quantity": 5, "expected": 9"#, "c1")
        #expect(stale.status == 409)
        #expect(stale.code == "stock_changed")
        #expect(stale.json["current"]?.integer == 10)
        #expect(try await adjust(#""quantity": 5, "expected": 10"#, "c1").status == 200)
        #expect(try await adjust(#""delta": -2"#, "c2").status == 200)
        #expect(try await adjust(#""delta": -2"#, "c2").status == 200, "the same reference counts once")
        #expect(try await adjust(#""delta": -3"#, "c2").code == "reference_reused")
        let stock = try await client.get("/v1/stock/A")
        #expect(stock.json["available"]?.integer == 3)
        let both = try await adjust(#""delta": -2, "quantity": 1, "expected": 3"#, "c3")
        #expect(both.json["errors"]?.array?.map { $0["pointer"]?.string } == ["/quantity", "/expected"])
        let ledger = try await client.get("/v1/ledger?sku=A&warehouse_id=\(warehouse)")
        #expect(ledger.json["data"]?.array?.map { $0["quantity"]?.integer } == [-2, -5, 10])
    }

    @Test func stockMovesBetweenWarehouses() async throws {
        let from = try await system.stock("A", 10)
        let to = try await system.stock("A", 0, in: "HAM")
        let answer = try await client.post(
            "/v1/stock/transfer",
            """
            {"sku": "A", "from_warehouse_id": "\(from)", "to_warehouse_id": "\(to)", "quantity": 4,
             "reference": "t1"}
            """)
        #expect(answer.json["data"]?.array?.map { $0["on_hand"]?.integer } == [6, 4])
        let page = try await client.get("/v1/stock?limit=1")
        #expect(page.json["data"]?.array?.count == 1)
        let next = try #require(page.json["next"]?.string)
        let rest = try await client.get("/v1/stock?limit=1&after=\(next)")
        #expect(rest.json["data"]?.array?.first?["warehouse_id"]?.string == to)
        let one = try await client.get("/v1/stock?warehouse_id=\(to)")
        #expect(one.json["data"]?.array?.count == 1)
    }

    @Test func aHoldKeepsStockUntilItIsGivenUp() async throws {
        try await system.stock("A", 2)
        let body = #"{"cart": "c", "expires_in_seconds": 60, "lines": [{"sku": "A", "quantity": 2}]}"#
        let hold = try await client.post("/v1/holds", body)
        #expect(hold.status == 201)
        let second = try await client.post("/v1/holds", body)
        #expect(second.status == 409)
        #expect(second.code == "insufficient_stock")
        #expect(second.json["lines"]?.array?.first?["requested"]?.integer == 2)
        #expect(second.json["lines"]?.array?.first?["available"]?.integer == 0)
        let path = try #require(hold.header("location"))
        #expect(try await client.send(.delete, path).status == 204)
        #expect(try await client.send(.delete, path).status == 204)
        #expect(try await client.get(path).json["status"]?.string == "released")
        #expect(try await client.post("/v1/holds", body).status == 201)
    }

    @Test func unknownProductsAreNamedWithTheirPlace() async throws {
        let warehouse = try await system.stock("A", 1)
        let answer = try await client.post(
            "/v1/stock/receive",
            """
            {"warehouse_id": "\(warehouse)", "reference": "r",
             "lines": [{"sku": "A", "quantity": 1}, {"sku": "NO", "quantity": 1}]}
            """)
        #expect(answer.status == 422)
        #expect(answer.json["errors"]?.array?.map { $0["pointer"]?.string } == ["/lines/1/sku"])
    }

    @Test func skusWithOddCharactersAreFound() async throws {
        try await system.stock("a/b c%", 3)
        #expect(try await client.get("/v1/stock/a%2Fb%20c%25").json["available"]?.integer == 3)
    }
}
