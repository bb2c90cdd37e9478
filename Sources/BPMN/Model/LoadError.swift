/// Why a BPMN document cannot be read or executed. It names the element and the line where there is one.
public struct LoadError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Kind: String, Sendable {
        /// Not well-formed XML.
        case malformed
        /// A document type declaration, and with it entities: always refused.
        case documentType = "document_type"
        /// More bytes, or more nesting, than the reader was told to take.
        case tooLarge = "too_large"
        case tooDeep = "too_deep"
        /// Well-formed, but no BPMN 2.0 definitions.
        case notBPMN = "not_bpmn"
        case duplicateID = "duplicate_id"
        case missingAttribute = "missing_attribute"
        case invalidValue = "invalid_value"
        case danglingReference = "dangling_reference"
        /// Valid BPMN that this engine cannot execute.
        case unsupported
        /// Executable elements that do not fit together.
        case structure
        /// A FEEL expression that does not parse.
        case expression
        /// A side effect before the pivot without its compensation.
        case saga
    }

    public let kind: Kind
    public let elementID: String?
    /// From 1; `nil` when the whole document is meant.
    public let line: Int?
    public let message: String

    public init(_ kind: Kind, element: String? = nil, line: Int? = nil, _ message: String) {
        self.kind = kind
        elementID = element
        self.line = line
        self.message = message
    }

    public var description: String {
        let place = line.map { "line \($0): " } ?? ""
        return "\(place)\(kind.rawValue): \(message)"
    }
}

/// A model that was read but must not run: everything that is wrong with it at once, in document order.
public struct ModelRefused: Error, Sendable, Equatable, CustomStringConvertible {
    /// At least one.
    public let problems: [LoadError]

    public var description: String { problems.map(\.description).joined(separator: "\n") }
}
