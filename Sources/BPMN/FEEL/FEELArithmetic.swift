import Kernel

/// Comparison and arithmetic over values; what does not fit together gives `null`.
///
/// - Source: DMN 1.4, tables 45 (equality), 50–55 (comparison, arithmetic).
enum FEELArithmetic {
    static func apply(_ op: FEELExpression.Operator, _ left: FEELValue, _ right: FEELValue) -> FEELValue {
        switch op {
        case .equal: return equal(left, right).map(FEELValue.boolean) ?? .null
        case .notEqual: return equal(left, right).map { .boolean(!$0) } ?? .null
        case .less:
            return compare(left, right) {
                $0 < $1
            } integers: {
                $0 < $1
            } strings: {
                $0 < $1
            }
        case .lessOrEqual:
            return compare(left, right) {
                $0 <= $1
            } integers: {
                $0 <= $1
            } strings: {
                $0 <= $1
            }
        case .greater:
            return compare(left, right) {
                $0 > $1
            } integers: {
                $0 > $1
            } strings: {
                $0 > $1
            }
        case .greaterOrEqual:
            return compare(left, right) {
                $0 >= $1
            } integers: {
                $0 >= $1
            } strings: {
                $0 >= $1
            }
        case .add: return add(left, right)
        case .subtract: return subtract(left, right)
        case .multiply: return multiply(left, right)
        case .divide: return divide(left, right)
        case .power: return power(left, right)
        case .and, .or: preconditionFailure("\(op.rawValue) is evaluated lazily")
        }
    }

    /// `nil` when the types differ; null equals only null.
    private static func equal(_ left: FEELValue, _ right: FEELValue) -> Bool? {
        if left == .null || right == .null { return left == right }
        guard typeName(left) == typeName(right) else { return nil }
        return left == right
    }

    static func typeName(_ value: FEELValue) -> String {
        switch value {
        case .null: return "null"
        case .boolean: return "boolean"
        case .integer, .decimal: return "number"
        case .string: return "string"
        case .list: return "list"
        case .context: return "context"
        case .duration, .months: return "duration"
        case .date: return "date"
        case .dateTime: return "date and time"
        }
    }

    private static func compare(
        _ left: FEELValue, _ right: FEELValue, _ doubles: (Double, Double) -> Bool,
        integers: (Int64, Int64) -> Bool, strings: (String, String) -> Bool
    ) -> FEELValue {
        switch (left, right) {
        case (.integer(let a), .integer(let b)), (.duration(let a), .duration(let b)), (.months(let a), .months(let b)),
            (.date(let a), .date(let b)):
            return .boolean(integers(a, b))
        case (.dateTime(let a), .dateTime(let b)): return .boolean(integers(a.milliseconds, b.milliseconds))
        case (.string(let a), .string(let b)): return .boolean(strings(a, b))
        default:
            guard let a = left.asDouble, let b = right.asDouble else { return .null }
            return .boolean(doubles(a, b))
        }
    }

    static func negate(_ value: FEELValue) -> FEELValue { subtract(zero(like: value), value) }

    private static func zero(like value: FEELValue) -> FEELValue {
        switch value {
        case .duration: return .duration(0)
        case .months: return .months(0)
        default: return .integer(0)
        }
    }

    /// Exact in 64 bits, otherwise as a decimal.
    private static func exact(
        _ a: Int64, _ b: Int64, _ operation: (Int64) -> (Int64) -> (partialValue: Int64, overflow: Bool),
        _ fallback: (Double, Double) -> Double
    ) -> FEELValue {
        let (value, overflow) = operation(a)(b)
        return overflow ? .number(fallback(Double(a), Double(b))) : .integer(value)
    }

    private static func add(_ left: FEELValue, _ right: FEELValue) -> FEELValue {
        switch (left, right) {
        case (.integer(let a), .integer(let b)): return exact(a, b, Int64.addingReportingOverflow, +)
        case (.string(let a), .string(let b)): return .string(a + b)
        case (.duration(let a), .duration(let b)): return checked(a.addingReportingOverflow(b), FEELValue.duration)
        case (.months(let a), .months(let b)): return checked(a.addingReportingOverflow(b), FEELValue.months)
        case (.dateTime(let instant), .duration(let milliseconds)):
            return moved(instant, ISODuration(milliseconds: milliseconds))
        case (.dateTime(let instant), .months(let months)): return moved(instant, ISODuration(months: months))
        case (.duration, .dateTime), (.months, .dateTime): return add(right, left)
        default:
            guard let a = left.asDouble, let b = right.asDouble else { return .null }
            return .number(a + b)
        }
    }

    private static func moved(_ instant: Instant, _ duration: ISODuration) -> FEELValue {
        duration.added(to: instant).map(FEELValue.dateTime) ?? .null
    }

    private static func checked(
        _ result: (partialValue: Int64, overflow: Bool), _ make: (Int64) -> FEELValue
    ) -> FEELValue {
        result.overflow ? .null : make(result.partialValue)
    }

    private static func subtract(_ left: FEELValue, _ right: FEELValue) -> FEELValue {
        switch (left, right) {
        case (.integer(let a), .integer(let b)): return exact(a, b, Int64.subtractingReportingOverflow, -)
        case (.duration(let a), .duration(let b)):
            return checked(a.subtractingReportingOverflow(b), FEELValue.duration)
        case (.months(let a), .months(let b)): return checked(a.subtractingReportingOverflow(b), FEELValue.months)
        case (.dateTime(let a), .dateTime(let b)):
            return checked(a.milliseconds.subtractingReportingOverflow(b.milliseconds), FEELValue.duration)
        case (.dateTime(let instant), .duration(let milliseconds)) where milliseconds != .min:
            return moved(instant, ISODuration(milliseconds: -milliseconds))
        case (.dateTime(let instant), .months(let months)) where months != .min:
            return moved(instant, ISODuration(months: -months))
        default:
            guard let a = left.asDouble, let b = right.asDouble else { return .null }
            return .number(a - b)
        }
    }

    private static func multiply(_ left: FEELValue, _ right: FEELValue) -> FEELValue {
        switch (left, right) {
        case (.integer(let a), .integer(let b)): return exact(a, b, Int64.multipliedReportingOverflow, *)
        case (.duration(let a), .integer(let b)):
            return checked(a.multipliedReportingOverflow(by: b), FEELValue.duration)
        case (.months(let a), .integer(let b)): return checked(a.multipliedReportingOverflow(by: b), FEELValue.months)
        case (.integer, .duration), (.integer, .months): return multiply(right, left)
        default:
            guard let a = left.asDouble, let b = right.asDouble else { return .null }
            return .number(a * b)
        }
    }

    private static func divide(_ left: FEELValue, _ right: FEELValue) -> FEELValue {
        if case .integer(let a) = left, case .integer(let b) = right, b != 0, b != -1, a % b == 0 {
            return .integer(a / b)
        }
        guard let b = right.asDouble, b != 0 else { return .null }
        if case .duration(let a) = left {
            return Int64(exactly: (Double(a) / b).rounded()).map(FEELValue.duration) ?? .null
        }
        guard let a = left.asDouble else { return .null }
        return .number(a / b)
    }

    /// Whole exponents only, by repeated multiplication: the same bits on every platform.
    private static func power(_ left: FEELValue, _ right: FEELValue) -> FEELValue {
        guard case .integer(let exponent) = right, (-1024...1024).contains(exponent), left.asDouble != nil else {
            return .null
        }
        var result = FEELValue.integer(1)
        for _ in 0..<exponent.magnitude { result = multiply(result, left) }
        return exponent < 0 ? divide(.integer(1), result) : result
    }
}
