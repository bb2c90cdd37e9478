import Foundation
import Hummingbird
import Kernel
import Testing

@testable import HTTPAPI

/// Requests that are almost right: whatever is changed in them, the answer is a documented one and never a fault.
@Suite struct RequestMutationTests {
    /// Of each kind. Another number by `DOORSTEP_MUTATIONS`, another seed by `DOORSTEP_MUTATION_SEED`.
    static let count = number("DOORSTEP_MUTATIONS") ?? 150
    static let seed = UInt64(number("DOORSTEP_MUTATION_SEED") ?? 1)

    let system: TestSystem
    let contract: Contract

    init() async throws {
        system = try await TestSystem()
        contract = try Contract()
        try await system.stock("A", 100)
    }

    private static func number(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
    }

    /// Sends and checks; what is answered is held against the document by the client.
    private func expectAnAnswer(
        _ method: HTTPRequest.Method, _ path: String, _ body: String? = nil, headers: [String: String] = [:]
    ) async throws {
        let key = headers["idempotency-key"] ?? UUID().uuidString
        let answer = try await system.client.send(method, path, body, key: key, headers: headers)
        #expect(answer.status < 500, "\(method) \(path) \(headers) \(body ?? ""): \(answer.text)")
    }

    /// One never ends, the other has no report here and says so with 503.
    private static let unsuitable = ["/v1/events", "/v1/audit"]

    @Test func queries() async throws {
        let seeds = [
            "limit=50&after=a1.2", "limit=200", "after=azzzzzzzzzzzz", "status=placed&limit=1", "number=1001",
            "sku=A&warehouse_id=whs_01jd3q8f6v000", "order_id=ord_01jd3q8f6v000&after=a0",
            "kind=pick&warehouse_id=whs_01jd3q8f6v000", "carrier=swift&tracking_number=TN1", "after=0&limit=10&wait=0",
        ]
        let paths =
            Permissions.rows.filter {
                $0.method == "GET" && !$0.path.contains("{") && !Self.unsuitable.contains($0.path)
            }
            .map(\.path) + ["/v1/feeds/orders/0", "/v1/dead-letters/orders", "/v1/orders/ord_01jd3q8f6v000/events"]
        var mutator = Mutator(seed: Self.seed)
        for _ in 0..<Self.count {
            let query = mutator.mutate(mutator.one(of: seeds), Mutator.addressBytes)
            try await expectAnAnswer(.get, "\(mutator.one(of: paths))?\(query)")
        }
    }

    @Test func headers() async throws {
        let seeds: [(String, [String])] = [
            ("prefer", ["wait=0", "respond-async, wait=0", "wait=0;x=1", "wait=\"0\""]),
            ("if-match", ["\"1\"", "W/\"1\"", "*", "\"9223372036854775807\""]),
            ("traceparent", ["00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "ff-0-0-0"]),
            ("idempotency-key", ["k", "\"quoted\"", "a b"]), ("content-type", ["application/json; charset=utf-8"]),
            ("authorization", ["Bearer \(system.token)", "bearer x", "Basic QQ=="]),
            ("accept", ["text/html;q=0.9,*/*"]),
        ]
        var mutator = Mutator(seed: Self.seed)
        for _ in 0..<Self.count {
            let (name, values) = mutator.one(of: seeds)
            var value = mutator.mutate(mutator.one(of: values), Mutator.headerBytes)
            // Waiting is not what is tried here.
            if name == "prefer" { value = value.replacing(/[1-9]/, with: "0") }
            let fields = [name: value]
            switch mutator.below(3) {
            case 0: try await expectAnAnswer(.get, "/problems", headers: fields)
            case 1: try await expectAnAnswer(.put, "/v1/products/prd_01jd3q8f6v000", "{}", headers: fields)
            default: try await expectAnAnswer(.post, "/v1/orders", system.orderBody("A"), headers: fields)
            }
        }
    }

    @Test func bodies() async throws {
        let posts = contract.operations.filter { ["POST", "PUT"].contains($0.method) }
        var mutator = Mutator(seed: Self.seed)
        for _ in 0..<Self.count {
            let operation = mutator.one(of: posts)
            let content = operation.json["requestBody"]?["content"]?["application/json"]
            let example = String(decoding: try #require(content?["example"]).bytes, as: UTF8.self)
            let body = mutator.mutate(example, Mutator.jsonBytes)
            let path = Contract.address(operation.path)
            let isSigned = operation.json["security"]?.array?.first?["courierSignature"] != nil
            var headers = isSigned ? system.signature("swift", body) : [:]
            if operation.method == "PUT" { headers["if-match"] = "\"1\"" }
            try await expectAnAnswer(
                operation.method == "PUT" ? .put : .post, path, body, headers: headers)
        }
    }
}

/// Changes texts a little, always the same way for the same seed.
private struct Mutator {
    private var random: SeededGenerator

    static let addressBytes =
        Array("0123456789azAZ=&%.-_+;,:/?a1 ".utf8.filter { $0 != 0x20 }) + Array("%00%ff%C3%28".utf8)
    static let headerBytes = Array(#"0123456789azAZ=&%.-_+;,:/?"*() "#.utf8)
    static let jsonBytes = Array(#"0123456789eE+-.{}[]:,"\ntrufalse "#.utf8)

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func below(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }

    mutating func one<Element>(of elements: [Element]) -> Element { elements[below(elements.count)] }

    /// One to four changes: a byte replaced, put in or taken out, or a part of the text repeated or cut off.
    mutating func mutate(_ text: String, _ alphabet: [UInt8]) -> String {
        var bytes = Array(text.utf8)
        for _ in 0...below(4) {
            let place = below(bytes.count + 1)
            switch below(6) {
            case 0 where place < bytes.count: bytes[place] = one(of: alphabet)
            case 1: bytes.insert(one(of: alphabet), at: place)
            case 2 where place < bytes.count: bytes.remove(at: place)
            case 3: bytes.insert(contentsOf: bytes[place...], at: below(bytes.count + 1))
            case 4: bytes.removeSubrange(place...)
            default: bytes.insert(contentsOf: Array(String(random.next()).utf8), at: place)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
