import Kernel

/// The built-in functions of the subset. An argument of the wrong type gives `null`.
///
/// - Source: DMN 1.4, clause 10.3.4; `is defined`, `get or else` and `is empty` are Camunda's.
enum FEELFunctions {
    /// How many arguments each takes. List functions also take the items themselves.
    static let arguments: [String: ClosedRange<Int>] = [
        "not": 1...1, "is defined": 1...1, "get or else": 2...2, "is empty": 1...1,
        "count": 1...64, "sum": 1...64, "min": 1...64, "max": 1...64, "mean": 1...64, "all": 1...64, "any": 1...64,
        "append": 2...64, "concatenate": 1...64, "reverse": 1...1, "list contains": 2...2, "distinct values": 1...1,
        "string": 1...1, "number": 1...1, "string length": 1...1, "upper case": 1...1, "lower case": 1...1,
        "contains": 2...2, "starts with": 2...2, "ends with": 2...2, "substring": 2...3,
        "abs": 1...1, "floor": 1...1, "ceiling": 1...1, "modulo": 2...2,
        "duration": 1...1, "date": 1...1, "date and time": 1...1, "get value": 2...2,
    ]

    static func call(_ name: String, _ values: [FEELValue]) -> FEELValue {
        switch name {
        case "not":
            if case .boolean(let value) = values[0] { return .boolean(!value) }
            return .null
        case "get or else": return values[0] == .null ? values[1] : values[0]
        case "get value":
            guard case .context(let entries) = values[0], case .string(let key) = values[1] else { return .null }
            return entries[key] ?? .null
        case "count", "sum", "min", "max", "mean", "all", "any", "append", "concatenate", "reverse", "list contains",
            "distinct values", "is empty":
            return ofList(name, values)
        case "string", "number", "string length", "upper case", "lower case", "contains", "starts with", "ends with",
            "substring":
            return ofString(name, values)
        case "abs", "floor", "ceiling", "modulo": return ofNumber(name, values)
        default: return temporal(name, values[0])
        }
    }

    private static func ofList(_ name: String, _ values: [FEELValue]) -> FEELValue {
        if name == "concatenate" {
            return .list(values.flatMap { if case .list(let items) = $0 { return items } else { return [$0] } })
        }
        let items: [FEELValue]
        if case .list(let list) = values[0] {
            items = list
        } else if name == "append" || name == "list contains" || name == "is empty" || values[0] == .null {
            return .null
        } else {
            items = values
        }
        switch name {
        case "count": return .integer(Int64(items.count))
        case "sum":
            return items.isEmpty ? .null : items.dropFirst().reduce(items[0]) { FEELArithmetic.apply(.add, $0, $1) }
        case "mean":
            return items.isEmpty
                ? .null : FEELArithmetic.apply(.divide, ofList("sum", [.list(items)]), .integer(Int64(items.count)))
        case "min": return best(items, .less)
        case "max": return best(items, .greater)
        case "all": return logical(items, isAll: true)
        case "any": return logical(items, isAll: false)
        case "append": return .list(items + values.dropFirst())
        case "reverse": return .list(items.reversed())
        case "list contains": return .boolean(items.contains(values[1]))
        case "is empty": return .boolean(items.isEmpty)
        default:
            var seen: Set<FEELValue> = []
            return .list(items.filter { seen.insert($0).inserted })
        }
    }

    private static func best(_ items: [FEELValue], _ op: FEELExpression.Operator) -> FEELValue {
        guard var result = items.first else { return .null }
        for item in items.dropFirst() {
            guard case .boolean(let isBetter) = FEELArithmetic.apply(op, item, result) else { return .null }
            if isBetter { result = item }
        }
        return result
    }

    private static func logical(_ items: [FEELValue], isAll: Bool) -> FEELValue {
        if items.contains(.boolean(!isAll)) { return .boolean(!isAll) }
        return items.allSatisfy { $0 == .boolean(isAll) } ? .boolean(isAll) : .null
    }

    private static func ofString(_ name: String, _ values: [FEELValue]) -> FEELValue {
        if name == "string" { return values[0].text.map(FEELValue.string) ?? .null }
        guard case .string(let text) = values[0] else {
            return name == "number" && values[0].asDouble != nil ? values[0] : .null
        }
        switch name {
        case "number": return Int64(text).map(FEELValue.integer) ?? Double(text).map(FEELValue.number) ?? .null
        case "string length": return .integer(Int64(text.unicodeScalars.count))
        case "upper case": return .string(text.uppercased())
        case "lower case": return .string(text.lowercased())
        case "substring": return substring(text, values)
        default:
            guard case .string(let other) = values[1] else { return .null }
            if name == "starts with" { return .boolean(text.hasPrefix(other)) }
            if name == "ends with" { return .boolean(text.hasSuffix(other)) }
            return .boolean(other.isEmpty || contains(Array(text.unicodeScalars), Array(other.unicodeScalars)))
        }
    }

    private static func contains(_ text: [Unicode.Scalar], _ part: [Unicode.Scalar]) -> Bool {
        guard part.count <= text.count else { return false }
        return (0...(text.count - part.count)).contains { text[$0..<$0 + part.count].elementsEqual(part) }
    }

    private static func substring(_ text: String, _ values: [FEELValue]) -> FEELValue {
        guard case .integer(let start) = values[1], start != 0 else { return .null }
        let scalars = Array(text.unicodeScalars)
        let count = Int64(scalars.count)
        let first = max(0, min(count, start > 0 ? start - 1 : count + max(start, -count)))
        var length = count - first
        if values.count == 3 {
            guard case .integer(let wanted) = values[2], wanted >= 0 else { return .null }
            length = min(length, wanted)
        }
        var result = String.UnicodeScalarView()
        result.append(contentsOf: scalars[Int(first)..<Int(first + length)])
        return .string(String(result))
    }

    private static func ofNumber(_ name: String, _ values: [FEELValue]) -> FEELValue {
        if name == "modulo" {
            guard let a = values[0].asDouble, let b = values[1].asDouble, b != 0 else { return .null }
            if case .integer(let x) = values[0], case .integer(let y) = values[1], y != -1 {
                let remainder = x % y
                return .integer(remainder != 0 && (remainder < 0) != (y < 0) ? remainder + y : remainder)
            }
            return .number(a - b * (a / b).rounded(.down))
        }
        if case .integer(let value) = values[0] {
            return name == "abs" && value < 0 ? FEELArithmetic.negate(values[0]) : values[0]
        }
        if case .duration(let value) = values[0], name == "abs", value != .min { return .duration(abs(value)) }
        guard let value = values[0].asDouble else { return .null }
        switch name {
        case "abs": return .number(abs(value))
        case "floor": return .number(value.rounded(.down))
        default: return .number(value.rounded(.up))
        }
    }

    private static func temporal(_ name: String, _ value: FEELValue) -> FEELValue {
        switch (name, value) {
        case ("duration", .string(let text)):
            guard let duration = ISODuration(text), duration.months == 0 || duration.milliseconds == 0 else {
                return .null
            }
            return duration.months != 0 ? .months(duration.months) : .duration(duration.milliseconds)
        case ("duration", .duration), ("duration", .months), ("date and time", .dateTime), ("date", .date): return value
        case ("date and time", .string(let text)):
            return Instant(rfc3339: text).map(FEELValue.dateTime) ?? temporal("date", value)
        case ("date and time", .date(let days)): return .dateTime(Instant(milliseconds: days * 86_400_000))
        case ("date", .string(let text)):
            guard text.utf8.count == 10, let midnight = Instant(rfc3339: text + "T00:00:00Z") else { return .null }
            return .date(midnight.milliseconds / 86_400_000)
        case ("date", .dateTime(let instant)):
            let value = instant.milliseconds
            return .date(value >= 0 ? value / 86_400_000 : (value - 86_399_999) / 86_400_000)
        default: return .null
        }
    }
}
