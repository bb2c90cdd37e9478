import Kernel

/// What was read and written anew reads as a document that is written the same way. (The value itself may differ:
/// `1e2` is a decimal, and is written as the integer 100.)
func fuzzJSON(_ bytes: [UInt8]) {
    guard let value = parsed(bytes) else { return }
    let text = written(value)
    guard let again = parsed(Array(text.utf8)) else { preconditionFailure("\(text) cannot be read back") }
    precondition(written(again) == text, "\(text) was written as \(written(again))")
}

private func written(_ value: JSONValue) -> String {
    var writer = JSONWriter()
    writer.value(value)
    return writer.text
}

private func parsed(_ bytes: [UInt8]) -> JSONValue? {
    do throws(JSONSyntaxError) {
        return try JSONValue(parsing: bytes)
    } catch {
        precondition((0...bytes.count).contains(error.offset), "offset \(error.offset) of \(bytes.count) bytes")
        return nil
    }
}
