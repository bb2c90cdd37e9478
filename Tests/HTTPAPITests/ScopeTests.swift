import Hummingbird
import Kernel
import Testing

@testable import HTTPAPI

/// Every route against every scope.
@Suite struct ScopeTests {
    @Test func everyRouteIsInTheTableAndNoOther() async throws {
        let routes = APIRoutes.all(try await TestSystem().services).map { "\($0.method.rawValue) \($0.path)" }
        let rows = Permissions.rows.map { "\($0.method) \($0.path)" }
        #expect(Set(routes).subtracting(rows) == [])
        #expect(Set(rows).subtracting(routes) == [])
        #expect(Set(rows).count == rows.count)
    }

    @Test func aRouteOpensForItsScopeAlone() async throws {
        let system = try await TestSystem { $0.metricsAreOpenLocally = false }
        var tokens: [Scope: String] = [:]
        for scope in Scope.allCases {
            tokens[scope] = try await system.services.access.create(
                name: scope.rawValue, scopes: [scope], expiresAt: nil, actor: "test"
            ).token
        }
        // An event stream does not end.
        for row in Permissions.rows where row.path != "/v1/events" {
            let method = try #require(HTTPRequest.Method(row.method))
            let path = row.path.replacing("{partition}", with: "0").replacing("{service}", with: "orders")
            let body = method == .post || method == .put ? "[]" : nil
            let open = try await system.client.send(method, path, body, key: "k", token: .some(nil))
            guard let needed = row.scope else {
                #expect((open.status == 401) == (row.access == "signed"), "\(path)")
                #expect(open.status != 403, "\(path)")
                continue
            }
            #expect(open.status == 401, "\(path)")
            for (scope, token) in tokens {
                let answer = try await system.client.send(method, path, body, key: "k", token: token)
                #expect((answer.status != 403) == (scope == needed), "\(method) \(path) with \(scope)")
                #expect(answer.status != 401, "\(path)")
            }
        }
    }

    @Test func metricsAreOpenOnTheSameMachineUnlessConfiguredOtherwise() async throws {
        let system = try await TestSystem()
        #expect(try await system.client.send(.get, "/metrics", token: .some(nil)).status == 200)
    }
}
