import Foundation
import Kernel
import Testing

@testable import HTTPAPI

/// Finding orders over the API.
@Suite struct SearchRoutesTests {
    private let system: TestSystem
    private let ids: [String]

    /// Three orders: two of mugs, one of which is rejected, and one of a lantern.
    init() async throws {
        system = try await TestSystem()
        try await system.stock("MUG-RED", 5)
        try await system.stock("LANTERN", 5, in: "HAM")
        var ids: [String] = []
        for (sku, quantity) in [("MUG-RED", 1), ("MUG-RED", 100), ("LANTERN", 2)] {
            ids.append(try #require(try await system.order(sku, quantity).json["id"]?.string))
        }
        self.ids = ids
        _ = try await system.eventually("/v1/orders?q=status:confirmed,fulfilling") { $0["total"]?.integer == 2 }
    }

    private func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }

    private func find(_ text: String, _ more: String = "") async throws -> TestAnswer {
        try await system.client.get("/v1/orders?q=\(encoded(text))\(more)")
    }

    private func found(_ answer: TestAnswer) -> [String] {
        (answer.json["data"]?.array ?? []).compactMap { $0["id"]?.string }
    }

    @Test func findsByWhateverOneWasTold() async throws {
        for (text, expected) in [
            ("", [2, 1, 0]), ("lantern", [2]), ("\"a mug red\"", [1, 0]), ("status:rejected", [1]),
            ("mug -rejected", [0]), (ids[0], [0]), ("ada", [2, 1, 0]), ("city:berlin to:de", [2, 1, 0]),
            ("total>100", [1]), ("warehouse:ham", [2]), ("lantren", [2]),
        ] {
            let answer = try await find(text)
            #expect(found(answer) == expected.map { ids[$0] }, "\(text): \(answer.text)")
            #expect(answer.json["total"]?.integer == Int64(expected.count), "\(text)")
            #expect(answer.json["forgives_typos"]?.bool == (text == "lantren"), "\(text)")
            #expect(answer.json["source"]?.string == "index")
        }
    }

    @Test func goesOnPageByPage() async throws {
        for sort in ["newest", "oldest", "updated", "dearest", "cheapest"] {
            var path: String? = "/v1/orders?q=&limit=1&sort=\(sort)"
            var pages: [String] = []
            while let next = path, pages.count < 5 {
                let answer = try await system.client.get(next)
                pages += found(answer)
                path = answer.json["next"]?.string.map { "/v1/orders?q=&limit=1&sort=\(sort)&after=\($0)" }
                #expect((answer.header("link") != nil) == (path != nil))
            }
            #expect(Set(pages) == Set(ids) && pages.count == 3, "\(sort)")
        }
    }

    @Test func countsWhatTheStoreCounts() async throws {
        let answer = try await find("", "&facets=status,country&limit=1")
        var counted: [String: Int64] = [:]
        for facet in answer.json["facets"]?["status"]?.array ?? [] {
            counted[facet["value"]?.string ?? ""] = facet["count"]?.integer
        }
        let stats = try await system.client.get("/v1/stats").json["orders"]
        for (status, count) in counted { #expect(stats?[status]?.integer == count, "\(status)") }
        #expect(counted.values.reduce(0, +) == 3)
        #expect(answer.json["facets"]?["country"]?.array?.first?["value"]?.string == "de")
        #expect(try await find("", "&status=rejected").json["total"]?.integer == 1)
    }

    @Test(arguments: [
        ("carier:dhl", 0, 7), ("red \"mug", 4, 4), ("status:shrt", 7, 4), ("placed>soon", 7, 4), ("(mug", 0, 1),
    ])
    func badQueriesTellTheirPlace(text: String, position: Int, length: Int) async throws {
        let answer = try await find(text)
        #expect(answer.status == 400 && answer.code == "malformed_search")
        #expect(answer.json["position"]?.integer == Int64(position))
        #expect(answer.json["length"]?.integer == Int64(length))
        #expect(answer.json["errors"]?.array?.first?["pointer"]?.string == "?q")
    }

    @Test func badParametersAreRefused() async throws {
        for more in ["&sort=best", "&facets=name", "&facets=status,status", "&after=zzz", "&limit=0", "&number=1"] {
            let answer = try await find("mug", more)
            #expect(answer.status == 400 && answer.code == "malformed_query", "\(more)")
        }
    }

    @Test func peopleAreHiddenFromCallersWithoutTheScope() async throws {
        let token = try await system.services.access.create(
            name: "shop", scopes: [.ordersRead], expiresAt: nil, actor: "test"
        ).token
        let ask = { (path: String) in try await system.client.send(.get, path, token: token) }
        #expect(try await ask("/v1/orders?q=ada").json["total"]?.integer == 0)
        #expect(try await ask("/v1/orders?q=mug").json["total"]?.integer == 2)
        for query in ["name:ada", "city:berlin", "mug OR -name:ada"] {
            let answer = try await ask("/v1/orders?q=\(encoded(query))")
            #expect(answer.status == 403 && answer.code == "scope_missing", "\(query)")
        }
        #expect(try await ask("/v1/search/suggestions?q=ad").json["data"]?.array?.isEmpty == true)
        #expect(try await ask("/v1/search/suggestions?q=name:ad").status == 403)
        #expect(try await system.client.get("/v1/search/suggestions?q=ad").json["data"]?.array?.first?.string == "ada")
    }

    @Test func suggestsHowAQueryMayGoOn() async throws {
        for (text, expected) in [
            ("lan", ["lantern", "sku:lantern"]), ("mug st", []), ("status:re", ["status:rejected"]),
            ("mug re", ["mug status:rejected", "mug red"]), ("warehouse:h", ["warehouse:ham"]), ("l", []), ("", []),
        ] {
            let answer = try await system.client.get("/v1/search/suggestions?q=\(encoded(text))")
            let suggestions = Set((answer.json["data"]?.array ?? []).compactMap(\.string))
            #expect(suggestions.isSuperset(of: expected), "\(text): \(answer.text)")
            #expect(!expected.isEmpty || suggestions.isEmpty, "\(text): \(answer.text)")
        }
        #expect(try await system.client.get("/v1/search/suggestions").status == 400)
    }

    @Test func anErasedRecipientIsFoundNoMore() async throws {
        let erased = try await system.client.send(.delete, "/v1/orders/\(ids[2])/recipient")
        #expect(erased.status == 204)
        _ = try await system.eventually("/v1/orders?q=ada") { $0["total"]?.integer == 2 }
        #expect(found(try await find("ada")) == [ids[1], ids[0]])
        #expect(found(try await find("lantern")) == [ids[2]])
    }

    @Test func theIndexIsMadeAnewWhileItAnswers() async throws {
        let former = try await system.client.get("/v1/search").json
        #expect(former["engine"]?.string == "embedded")
        system.clock.advance(.seconds(1))
        let asked = try await system.client.post("/v1/search/rebuild", "{}")
        #expect(asked.status == 202)
        let status = try await system.eventually("/v1/search") {
            $0["index"]?.string != former["index"]?.string && $0["building"] == nil
                && $0["unread_events"]?.integer == 0 && $0["waiting_documents"]?.integer == 0
        }
        #expect(status["fault"] == nil)
        #expect(found(try await find("lantern")) == [ids[2]])
    }
}
