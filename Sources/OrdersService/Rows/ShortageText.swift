import Contracts
import Kernel
import Ports

/// What could not be reserved as one column of JSON; NULL for nothing.
enum ShortageText {
    static func write(_ shortages: [LineShortage]) -> SQLValue {
        guard !shortages.isEmpty else { return .null }
        var json = JSONWriter()
        json.array(shortages) { json, shortage in json.object { shortage.write(&$0) } }
        return .text(json.text)
    }

    static func read(_ text: String?) throws(Fault) -> [LineShortage] {
        guard let text else { return [] }
        let json: JSONValue
        do {
            json = try JSONValue(parsing: text.utf8)
        } catch {
            throw Fault("malformed_document", retryable: false, "shortages: \(error.reason.rawValue)")
        }
        return try Array(json.array ?? []) { value throws(Fault) in try LineShortage(value) }
    }
}
