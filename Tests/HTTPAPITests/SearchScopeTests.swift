import Foundation
import Hummingbird
import Kernel
import Testing

@testable import HTTPAPI

/// What is found, counted and suggested, against every scope: nobody learns of people who may not see them, not even by
/// counting.
@Suite struct SearchScopeTests {
    /// What the shop's orders say of people, and where nothing is, in the same form.
    private static let people: [(typed: String, unknown: String)] = [
        ("ada", "zqx"), ("berlin", "zqxwvu"), ("\"ada\"", "\"zqx\""), ("-ada", "-zqx"),
        ("ada OR lovelace", "zqx OR yqx"),
        ("mug -berlin", "mug -zqxwvu"), ("brelin", "zqxvwu"), ("ad", "zq"), ("weg", "zqx"), ("10115", "99999"),
        ("ada@example.com", "zqx@zqx.zqx"),
    ]
    private static let fields = [
        "name:ada", "city:berlin", "recipient:ada", "town:b", "mug OR name:ada", "-city:berlin",
    ]

    private func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }

    /// The answer without what differs from one call to the next.
    private func seen(_ answer: TestAnswer) -> String {
        "\(answer.status) \(answer.json["total"]?.integer ?? -1) \(answer.json["facets"] ?? .null) "
            + (answer.json["data"]?.array ?? []).map { $0["id"]?.string ?? $0.string ?? "?" }.joined(separator: ",")
    }

    @Test func nobodyLearnsOfPeopleWithoutTheScope() async throws {
        let system = try await TestSystem()
        try await system.stock("MUG", 5)
        for _ in 0..<2 { _ = try await system.order("MUG") }
        _ = try await system.eventually("/v1/orders?q=ada") { $0["total"]?.integer == 2 }
        for scope in Scope.allCases where scope != .recipientsRead {
            let scopes: Set<Scope> = [.ordersRead, scope]
            let token = try await system.services.access.create(
                name: scope.rawValue, scopes: scopes, expiresAt: nil, actor: "test"
            ).token
            let ask = { (path: String) in try await system.client.send(.get, path, token: token) }
            for (typed, unknown) in Self.people {
                for path in ["/v1/orders?facets=status,country&q=", "/v1/orders?sort=dearest&q="] {
                    let answer = try await ask(path + encoded(typed))
                    let other = try await ask(path + encoded(unknown))
                    #expect(seen(answer) == seen(other), "\(path)\(typed) with \(scopes)")
                }
                let suggested = try await ask("/v1/search/suggestions?q=" + encoded(typed))
                #expect(suggested.json["data"]?.array == [], "\(typed) with \(scopes)")
            }
            for query in Self.fields {
                let answer = try await ask("/v1/orders?q=" + encoded(query))
                #expect(answer.status == 403 && answer.code == "scope_missing", "\(query) with \(scopes)")
            }
            for path in ["/v1/orders?q=", "/v1/orders?q=mug", "/v1/search"] {
                let text = try await ask(path).text.lowercased()
                for word in ["ada", "berlin", "weg 1", "10115", "example.com"] {
                    #expect(!text.contains(word), "\(word) at \(path) with \(scopes)")
                }
            }
        }
    }

    @Test func nobodySearchesWithoutReadingOrders() async throws {
        let system = try await TestSystem()
        for scope in Scope.allCases where scope != .ordersRead {
            let token = try await system.services.access.create(
                name: scope.rawValue, scopes: [scope, .recipientsRead], expiresAt: nil, actor: "test"
            ).token
            for path in ["/v1/orders?q=mug", "/v1/orders?q=name:ada", "/v1/search/suggestions?q=mu", "/v1/search"] {
                let answer = try await system.client.send(.get, path, token: token)
                #expect(answer.status == 403 && answer.code == "scope_missing", "\(path) with \(scope)")
            }
        }
    }

    @Test func whoMaySeePeopleFindsThem() async throws {
        let system = try await TestSystem()
        try await system.stock("MUG", 5)
        _ = try await system.order("MUG")
        _ = try await system.eventually("/v1/orders?q=ada") { $0["total"]?.integer == 1 }
        let token = try await system.services.access.create(
            name: "support", scopes: [.ordersRead, .recipientsRead], expiresAt: nil, actor: "test"
        ).token
        for query in ["ada", "berlin", "name:ada city:berlin", "brelin"] {
            let answer = try await system.client.send(.get, "/v1/orders?q=\(encoded(query))", token: token)
            #expect(answer.json["total"]?.integer == 1, "\(query)")
        }
    }
}
