/// Finds the events of a batch as we write it, without reading them.
enum CloudEventBatchScan {
    /// - Returns: where each element begins and ends; `nil` when the document is no array of objects written without
    ///   space between them. What stands within an element is not checked.
    /// - Complexity: O(n) in the document's bytes.
    static func elements(_ bytes: UnsafeBufferPointer<UInt8>) -> [Range<Int>]? {
        guard bytes.count >= 2, bytes.first == UInt8(ascii: "["), bytes.last == UInt8(ascii: "]") else { return nil }
        var elements: [Range<Int>] = []
        var start = 1
        while start < bytes.count - 1 {
            guard let end = end(ofObjectAt: start, bytes) else { return nil }
            elements.append(start..<end)
            guard end < bytes.count - 1 else { return elements }
            // A comma has another element behind it.
            guard bytes[end] == UInt8(ascii: ","), end + 1 < bytes.count - 1 else { return nil }
            start = end + 1
        }
        return elements
    }

    /// - Returns: the offset behind the object's last brace; `nil` when there is no object, or no end of it.
    private static func end(ofObjectAt start: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        guard bytes[start] == UInt8(ascii: "{") else { return nil }
        var depth = 0
        var isInText = false
        var offset = start
        while offset < bytes.count {
            let byte = bytes[offset]
            offset += 1
            if isInText {
                if byte == UInt8(ascii: "\\") { offset += 1 } else if byte == UInt8(ascii: "\"") { isInText = false }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isInText = true
            case UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "}"):
                depth -= 1
                if depth == 0 { return offset }
            default: break
            }
        }
        return nil
    }
}
