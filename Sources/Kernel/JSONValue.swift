/// A parsed JSON document. Objects keep the order of their members; a repeated name is refused by the parser.
///
/// - Source: RFC 8259.
public enum JSONValue: Equatable, Sendable {
    case null
    case bool(Bool)
    /// A number written without fraction and exponent that fits.
    case integer(Int64)
    /// Any other number.
    case decimal(Double)
    case string(String)
    case array([JSONValue])
    case object([JSONMember])

    /// The member of an object; `nil` when there is none, or when this is no object.
    /// - Complexity: O(members).
    public subscript(_ name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        for member in members where member.name == name { return member.value }
        return nil
    }

    public var string: String? {
        if case .string(let value) = self { value } else { nil }
    }

    public var integer: Int64? {
        if case .integer(let value) = self { value } else { nil }
    }

    /// An integer or a decimal as a Double.
    public var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .decimal(let value): value
        default: nil
        }
    }

    public var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    public var array: [JSONValue]? {
        if case .array(let value) = self { value } else { nil }
    }

    public var object: [JSONMember]? {
        if case .object(let value) = self { value } else { nil }
    }

    public var isNull: Bool { self == .null }
}

/// A name and its value.
public struct JSONMember: Equatable, Sendable {
    public let name: String
    public let value: JSONValue

    public init(_ name: String, _ value: JSONValue) {
        self.name = name
        self.value = value
    }
}

extension JSONValue {
    /// Reads one document.
    ///
    /// - Parameters:
    ///   - bytes: UTF-8.
    ///   - maximumDepth: how deep arrays and objects may nest.
    /// - Throws: ``JSONSyntaxError`` with the offset of the first offending byte.
    /// - Complexity: O(bytes).
    public init(parsing bytes: some Collection<UInt8>, maximumDepth: Int = 32) throws(JSONSyntaxError) {
        let result: Result<JSONValue, JSONSyntaxError>? = bytes.withContiguousStorageIfAvailable { buffer in
            Self.parse(buffer, maximumDepth)
        }
        self = try (result ?? Array(bytes).withUnsafeBufferPointer { Self.parse($0, maximumDepth) }).get()
    }

    private static func parse(
        _ buffer: UnsafeBufferPointer<UInt8>, _ maximumDepth: Int
    ) -> Result<JSONValue, JSONSyntaxError> {
        var parser = JSONParser(bytes: buffer, maximumDepth: maximumDepth)
        do throws(JSONSyntaxError) {
            return .success(try parser.document())
        } catch {
            return .failure(error)
        }
    }

    /// The document as compact UTF-8.
    public var bytes: [UInt8] {
        var writer = JSONWriter()
        writer.value(self)
        return writer.bytes
    }
}

/// Bytes that are no JSON, or more than was allowed.
public struct JSONSyntaxError: Error, Equatable, Sendable {
    /// What is wrong, in words for whoever sent it.
    public enum Reason: String, Sendable {
        case unexpectedEnd = "the document ends too early"
        case unexpectedByte = "unexpected character"
        case invalidNumber = "malformed number"
        case invalidString = "malformed string"
        case invalidUTF8 = "invalid UTF-8"
        case tooDeep = "nested too deeply"
        case repeatedName = "the same member twice"
        case trailingBytes = "something follows the document"
    }

    public let reason: Reason
    /// In bytes from the start.
    public let offset: Int
}
