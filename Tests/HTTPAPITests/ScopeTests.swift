import Hummingbird
import Kernel
import Testing

@testable import HTTPAPI

/// Every route against every scope.
@Suite struct ScopeTests {
    @Test func aRouteOpensForItsScopeAlone() async throws {
        let system = try await TestSystem { $0.metricsAreOpenLocally = false }
        var tokens: [Scope: String] = [:]
        for scope in Scope.allCases {
            tokens[scope] = try await system.services.access.create(
                name: scope.rawValue, scopes: [scope], expiresAt: nil, actor: "test"
            ).token
        }
        for route in APIRoutes.all(system.services) where route.path != "/v1/events" {
            let path = route.path.replacing("{partition}", with: "0").replacing("{service}", with: "orders")
            let body = route.method == .post || route.method == .put ? "[]" : nil
            let open = try await system.client.send(route.method, path, body, key: "k", token: .some(nil))
            switch route.access {
            case .open: #expect(open.status != 401 && open.status != 403, "\(path)")
            case .signed: #expect(open.status == 401, "\(path)")
            case .scope(let needed), .local(let needed):
                #expect(open.status == 401, "\(path)")
                for (scope, token) in tokens {
                    let answer = try await system.client.send(route.method, path, body, key: "k", token: token)
                    #expect((answer.status != 403) == (scope == needed), "\(route.method) \(path) with \(scope)")
                    #expect(answer.status != 401, "\(path)")
                }
            }
        }
    }

    @Test func metricsAreOpenOnTheSameMachineUnlessConfiguredOtherwise() async throws {
        let system = try await TestSystem()
        #expect(try await system.client.send(.get, "/metrics", token: .some(nil)).status == 200)
    }
}
