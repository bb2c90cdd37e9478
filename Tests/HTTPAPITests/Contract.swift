import Foundation
import Hummingbird
import Kernel

/// The published document, against which every answer that a test gets is held.
struct Contract {
    let document: JSONValue
    let check: SchemaCheck

    static let published: Contract? = try? Contract()

    init() throws {
        let path = TestSystem.repository + "/api/logistics-v1.yaml"
        document = try YAMLReading.read(try String(contentsOfFile: path, encoding: .utf8))
        check = SchemaCheck(document: document)
    }

    struct Operation {
        let method: String
        let path: String
        let json: JSONValue
    }

    var operations: [Operation] {
        (document["paths"]?.object ?? []).flatMap { path in
            (path.value.object ?? []).map { Operation(method: $0.name.uppercased(), path: path.name, json: $0.value) }
        }
    }

    /// An address of a path, naming what may not exist.
    static func address(_ template: String) -> String {
        let prefixes = [
            "orders": "ord", "tasks": "wtk", "returns": "ret", "keys": "key", "shipments": "shp",
            "webhook-endpoints": "whk",
        ]
        let prefix = prefixes[String(template.split(separator: "/").dropFirst().first ?? "")]
        return template.replacing("{carrier}", with: "swift").replacing("{service}", with: "orders")
            .replacing("{delivery}", with: "dlv_01jd3q8f6v000")
            .replacing("{id}", with: prefix.map { "\($0)_01jd3q8f6v000" } ?? "1")
    }

    /// The operation of a request; a path without parameters wins.
    func operation(_ method: String, _ path: String) -> Operation? {
        let parts = path.prefix { $0 != "?" }.split(separator: "/")
        return operations.filter { operation in
            let template = operation.path.split(separator: "/")
            return operation.method == method && template.count == parts.count
                && zip(template, parts).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
        }.min { $0.path.count { $0 == "{" } < $1.path.count { $0 == "{" } }
    }

    /// What the document does not say about an answer; empty when it says it all.
    func errors(_ method: String, _ path: String, _ answer: TestAnswer) -> [String] {
        guard let operation = operation(method, path) else { return [] }
        guard let response = operation.json["responses"]?[String(answer.status)].map(check.resolve) else {
            return ["\(method) \(operation.path): status \(answer.status) is not documented: \(answer.text)"]
        }
        guard let content = response["content"]?.object else {
            return answer.bytes.isEmpty ? [] : ["\(method) \(operation.path): an undocumented body"]
        }
        let type = answer.header("content-type")?.split(separator: ";").first.map(String.init) ?? ""
        guard let schema = content.first(where: { $0.name == type })?.value["schema"] else {
            return ["\(method) \(operation.path): content type '\(type)' is not documented"]
        }
        guard type.hasSuffix("json") else { return [] }
        return check.errors(answer.json, schema).map { "\(method) \(operation.path) \(answer.status) \($0)" }
    }
}
