import Hummingbird
import Kernel
import Testing

@testable import HTTPAPI

/// The document and the router say the same.
@Suite struct OpenAPITests {
    let system: TestSystem
    let contract: Contract

    init() async throws {
        system = try await TestSystem()
        contract = try Contract()
    }

    @Test func everyRouteIsDocumentedAndEveryOperationHasARoute() {
        let documented = Set(contract.operations.map { "\($0.method) \($0.path)" })
        let served = Set(
            router(system.services).routes.map {
                let path = $0.path.description.split(separator: "/")
                    .map { $0.hasPrefix(":") ? "{\($0.dropFirst())}" : String($0) }.joined(separator: "/")
                return "\($0.method.rawValue) /\(path)"
            })
        #expect(documented.subtracting(served) == [])
        #expect(served.subtracting(documented) == [])
    }

    @Test func theDocumentNamesTheScopeOfEveryRoute() throws {
        for route in APIRoutes.all(system.services) {
            let operation = try #require(contract.operation(route.method.rawValue, route.path))
            let scope: String? =
                switch route.access {
                case .open: nil
                case .signed: "signed"
                case .scope(let scope), .local(let scope): scope.rawValue
                }
            let requirement = operation.json["security"]?.array?.first
            let documented =
                requirement?["courierSignature"] != nil ? "signed" : requirement?["apiKey"]?.array?.first?.string
            #expect(documented == scope, "\(route.method) \(route.path)")
        }
    }

    @Test func theDocumentNamesTheIdempotencyKeyWhereItIsNeeded() throws {
        for route in APIRoutes.all(system.services) {
            let operation = try #require(contract.operation(route.method.rawValue, route.path))
            let names = operation.json["parameters"]?.array?.map { contract.check.resolve($0)["name"]?.string }
            #expect((names?.contains("Idempotency-Key") == true) == route.needsIdempotencyKey, "\(route.path)")
        }
    }

    @Test func operationsHaveNamesOfTheirOwn() {
        let names = contract.operations.compactMap { $0.json["operationId"]?.string }
        #expect(names.count == contract.operations.count)
        #expect(Set(names).count == names.count)
    }

    @Test func everyReferenceLeadsSomewhere() {
        var missing: [String] = []
        func walk(_ value: JSONValue) {
            if value["$ref"] != nil, contract.check.resolve(value).isNull { missing.append("\(value)") }
            for member in value.object ?? [] { walk(member.value) }
            for element in value.array ?? [] { walk(element) }
        }
        walk(contract.document)
        #expect(missing == [])
    }

    @Test func everyExampleMatchesItsSchema() {
        var count = 0
        let webhook = contract.document["webhooks"]?["statusChanged"]?["post"]
        for operation in contract.operations.map(\.json) + [webhook ?? .null] {
            guard let content = operation["requestBody"]?["content"]?["application/json"] else { continue }
            count += 1
            guard let example = content["example"], let schema = content["schema"] else {
                Issue.record("\(operation["operationId"]?.string ?? ""): no example")
                continue
            }
            #expect(contract.check.errors(example, schema) == [], "\(operation["operationId"]?.string ?? "")")
        }
        #expect(count > 25)
    }

    /// Sent as they are, after the catalog's and the warehouse's own: what they name may not exist, yet none is
    /// malformed.
    @Test func everyExampleIsUnderstood() async throws {
        // The examples' times are of half past nine.
        system.clock.advance(.seconds(3600))
        let first = ["/v1/products", "/v1/warehouses"]
        let posts = contract.operations.filter { $0.method == "POST" }
            .sorted { first.contains($0.path) && !first.contains($1.path) }
        for operation in posts {
            let content = operation.json["requestBody"]?["content"]?["application/json"]
            let body = String(decoding: try #require(content?["example"]).bytes, as: UTF8.self)
            let path = Contract.address(operation.path)
            let isSigned = operation.json["security"]?.array?.first?["courierSignature"] != nil
            let answer = try await system.client.send(
                .post, path, body, key: operation.path, headers: isSigned ? system.signature("swift", body) : [:])
            let refusals = ["invalid_request", "malformed_json", "invalid_report", "unsupported_media_type"]
            #expect(!refusals.contains(answer.code ?? ""), "\(operation.path): \(answer.text)")
        }
        #expect(try await system.client.get("/v1/orders?number=1001").json["data"]?.array?.count == 1)
    }

    @Test func theDocumentIsServed() async throws {
        let answer = try await system.client.send(.get, "/openapi.yaml", token: .some(nil))
        #expect(answer.status == 200)
        #expect(answer.header("content-type") == "application/yaml")
        #expect(answer.text.hasPrefix("openapi: \"3.1.0\""))
    }
}
