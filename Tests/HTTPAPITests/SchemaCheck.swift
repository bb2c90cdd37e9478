import Foundation
import Kernel

/// Holds a document against a JSON schema: the keywords that `logistics-v1.yaml` uses.
///
/// Closed: a member that the schema does not list is an error even where the schema would allow it, so that nothing is
/// answered that is not documented.
struct SchemaCheck {
    let document: JSONValue

    /// What is wrong, each with its pointer; empty when all is well.
    func errors(_ value: JSONValue, _ schema: JSONValue, at pointer: String = "") -> [String] {
        let schema = resolve(schema)
        if let choices = schema["anyOf"]?.array {
            let tried = choices.map { errors(value, $0, at: pointer) }
            return tried.contains([]) ? [] : tried.min { $0.count < $1.count } ?? []
        }
        if let constant = schema["const"], constant != value { return ["\(pointer): is not \(constant)"] }
        if let choices = schema["enum"]?.array, !choices.contains(value) {
            return ["\(pointer): \(value) is no choice"]
        }
        switch schema["type"]?.string {
        case "object": return object(value, schema, pointer)
        case "array":
            guard let elements = value.array else { return ["\(pointer): no array"] }
            guard let items = schema["items"] else { return [] }
            return elements.enumerated().flatMap { errors($1, items, at: "\(pointer)/\($0)") }
        case "string": return string(value, schema, pointer)
        case "integer": return value.integer == nil ? ["\(pointer): no integer"] : []
        case "number": return value.number == nil ? ["\(pointer): no number"] : []
        case "boolean": return value.bool == nil ? ["\(pointer): no boolean"] : []
        default: return []
        }
    }

    func resolve(_ value: JSONValue) -> JSONValue {
        guard let reference = value["$ref"]?.string else { return value }
        return reference.split(separator: "/").dropFirst().reduce(document) { $0[String($1)] ?? .null }
    }

    private func object(_ value: JSONValue, _ schema: JSONValue, _ pointer: String) -> [String] {
        guard let members = value.object else { return ["\(pointer): no object"] }
        let properties = schema["properties"]
        var errors: [String] = []
        for name in schema["required"]?.array?.compactMap(\.string) ?? [] where value[name] == nil {
            errors.append("\(pointer)/\(name): is missing")
        }
        for member in members {
            let place = "\(pointer)/\(member.name)"
            if let property = properties?[member.name] {
                errors += self.errors(member.value, property, at: place)
            } else if let others = schema["additionalProperties"], others.object != nil {
                errors += self.errors(member.value, others, at: place)
            } else if properties != nil {
                errors.append("\(place): is not documented")
            }
        }
        return errors
    }

    private func string(_ value: JSONValue, _ schema: JSONValue, _ pointer: String) -> [String] {
        guard let text = value.string else { return ["\(pointer): no string"] }
        if let pattern = schema["pattern"]?.string, text.range(of: pattern, options: .regularExpression) == nil {
            return ["\(pointer): '\(text)' does not match \(pattern)"]
        }
        if schema["format"]?.string == "date-time", Instant(rfc3339: text) == nil {
            return ["\(pointer): '\(text)' is no time"]
        }
        if let limit = schema["maxLength"]?.integer, text.count > limit { return ["\(pointer): is too long"] }
        return []
    }
}
