/// A parsed FEEL expression.
///
/// - Source: DMN 1.4, clause 10.3.1 (grammar), the subset named in ``FEELParser``.
public struct FEELExpression: Sendable, Hashable, CustomStringConvertible {
    let root: Node
    /// As written.
    public let description: String

    indirect enum Node: Sendable, Hashable {
        case literal(FEELValue)
        case name(String)
        case list([Node])
        case context([Entry])
        case path(Node, String)
        case filter(Node, Node)
        case call(String, [Node])
        case negate(Node)
        case binary(Operator, Node, Node)
        case between(Node, Node, Node)
        case membership(Node, [Test])
        case conditional(Node, Node, Node)
        case quantified(isEvery: Bool, [Binding], Node)
        case loop([Binding], Node)
        case instance(Node, String)
    }

    struct Entry: Sendable, Hashable {
        let key: String
        let value: Node
    }

    struct Binding: Sendable, Hashable {
        let name: String
        let values: Node
    }

    enum Operator: String, Sendable, Hashable {
        case or, and
        case equal = "="
        case notEqual = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
        case add = "+"
        case subtract = "-"
        case multiply = "*"
        case divide = "/"
        case power = "**"
    }

    /// One alternative on the right of `in`.
    enum Test: Sendable, Hashable {
        case value(Node)
        case comparison(Operator, Node)
        case range(low: Node, isLowIncluded: Bool, high: Node, isHighIncluded: Bool)
    }

    /// Parses the text, without a leading `=`.
    ///
    /// - Throws: `FEELSyntaxError` for text outside the subset or nested deeper than 64.
    public init(_ text: String) throws(FEELSyntaxError) {
        var parser = FEELParser(tokens: try FEELLexer.tokens(text))
        root = try parser.parse()
        description = text
    }

    /// A constant.
    public init(value: FEELValue) {
        root = .literal(value)
        description = value.text ?? "null"
    }
}
