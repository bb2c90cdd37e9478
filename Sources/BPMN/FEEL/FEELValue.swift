import Kernel

/// A value of FEEL, and of every process variable.
///
/// - Source: DMN 1.4, clause 10.3.2.
public enum FEELValue: Sendable, Hashable {
    case null
    case boolean(Bool)
    /// Exact. A number without fraction that fits is always an `integer`, never a `decimal`.
    case integer(Int64)
    /// Finite. Make one with ``number(_:)``.
    case decimal(Double)
    case string(String)
    case list([FEELValue])
    case context([String: FEELValue])
    /// A days-and-time duration in milliseconds.
    case duration(Int64)
    /// A years-and-months duration in months.
    case months(Int64)
    /// A day, counted from 1970-01-01.
    case date(Int64)
    case dateTime(Instant)

    /// The number in its one form: integral values become `integer`; what is no number becomes `null`.
    public static func number(_ value: Double) -> FEELValue {
        if let exact = Int64(exactly: value) { return .integer(exact) }
        return value.isFinite ? .decimal(value) : .null
    }

    var asDouble: Double? {
        switch self {
        case .integer(let value): return Double(value)
        case .decimal(let value): return value
        default: return nil
        }
    }

    /// The text that `string()` makes of it; `nil` for null.
    var text: String? {
        switch self {
        case .null: return nil
        case .boolean(let value): return value ? "true" : "false"
        case .integer(let value): return String(value)
        case .decimal(let value): return String(value)
        case .string(let value): return value
        case .list(let items): return "[" + items.map(\.literal).joined(separator: ", ") + "]"
        case .context(let entries):
            let sorted = entries.sorted { $0.key < $1.key }
            return "{" + sorted.map { "\($0.key):\($0.value.literal)" }.joined(separator: ", ") + "}"
        case .duration(let milliseconds): return ISODuration(milliseconds: milliseconds).description
        case .months(let months): return ISODuration(months: months).description
        case .date(let days): return String(Instant(milliseconds: days * 86_400_000).rfc3339.prefix(10))
        case .dateTime(let instant): return instant.rfc3339
        }
    }

    private var literal: String {
        if case .string(let value) = self { return "\"\(value)\"" }
        return text ?? "null"
    }
}

extension FEELValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
    public init(arrayLiteral elements: FEELValue...) { self = .list(elements) }
}
