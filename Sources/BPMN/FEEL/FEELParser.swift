/// Recursive descent over FEEL expressions: literals, lists, contexts, paths, filters, arithmetic, comparison,
/// three-valued logic, `if`, `for`, `some`, `every`, `in`, `between`, `instance of` and calls of built-in functions. Function
/// definitions and names with spaces are not in the subset.
struct FEELParser {
    typealias Node = FEELExpression.Node

    private let tokens: [(token: FEELToken, offset: Int)]
    private var position = 0
    private var depth = 0

    init(tokens: [(token: FEELToken, offset: Int)]) { self.tokens = tokens }

    mutating func parse() throws(FEELSyntaxError) -> Node {
        let node = try expression()
        guard current == .end else { throw unexpected() }
        return node
    }

    // MARK: Tokens

    private var current: FEELToken { tokens[position].token }

    private func unexpected() -> FEELSyntaxError {
        let what: String
        switch current {
        case .number(let value): what = value.text ?? "number"
        case .string(let text): what = "\"\(text)\""
        case .name(let text), .keyword(let text), .symbol(let text): what = "'\(text)'"
        case .end: what = "end"
        }
        return FEELSyntaxError(message: "unexpected \(what)", offset: tokens[position].offset)
    }

    private mutating func take(_ token: FEELToken) -> Bool {
        guard current == token else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ token: FEELToken) throws(FEELSyntaxError) {
        guard take(token) else { throw unexpected() }
    }

    private mutating func takeSymbol(_ symbols: [String]) -> FEELExpression.Operator? {
        guard case .symbol(let text) = current, symbols.contains(text) else { return nil }
        position += 1
        return FEELExpression.Operator(rawValue: text)
    }

    private mutating func name() throws(FEELSyntaxError) -> String {
        guard case .name(let text) = current else { throw unexpected() }
        position += 1
        return text
    }

    // MARK: Levels, loosest first

    private mutating func expression() throws(FEELSyntaxError) -> Node {
        depth += 1
        defer { depth -= 1 }
        guard depth <= 64 else {
            throw FEELSyntaxError(message: "nested too deeply", offset: tokens[position].offset)
        }
        if take(.keyword("if")) {
            let condition = try expression()
            try expect(.keyword("then"))
            let yes = try expression()
            try expect(.keyword("else"))
            return .conditional(condition, yes, try expression())
        }
        if take(.keyword("for")) {
            let bindings = try self.bindings()
            try expect(.keyword("return"))
            return .loop(bindings, try expression())
        }
        for (word, isEvery) in [("some", false), ("every", true)] where take(.keyword(word)) {
            let bindings = try self.bindings()
            try expect(.keyword("satisfies"))
            return .quantified(isEvery: isEvery, bindings, try expression())
        }
        return try disjunction()
    }

    private mutating func bindings() throws(FEELSyntaxError) -> [FEELExpression.Binding] {
        var result: [FEELExpression.Binding] = []
        repeat {
            let name = try self.name()
            try expect(.keyword("in"))
            result.append(FEELExpression.Binding(name: name, values: try expression()))
        } while take(.symbol(","))
        return result
    }

    private mutating func disjunction() throws(FEELSyntaxError) -> Node {
        var left = try conjunction()
        while take(.keyword("or")) { left = .binary(.or, left, try conjunction()) }
        return left
    }

    private mutating func conjunction() throws(FEELSyntaxError) -> Node {
        var left = try comparison()
        while take(.keyword("and")) { left = .binary(.and, left, try comparison()) }
        return left
    }

    private mutating func comparison() throws(FEELSyntaxError) -> Node {
        let left = try sum()
        if let op = takeSymbol(["=", "!=", "<", "<=", ">", ">="]) { return .binary(op, left, try sum()) }
        if take(.keyword("between")) {
            let low = try sum()
            try expect(.keyword("and"))
            return .between(left, low, try sum())
        }
        if take(.keyword("in")) { return .membership(left, try tests()) }
        if take(.keyword("instance")) {
            try expect(.keyword("of"))
            return .instance(left, try name())
        }
        return left
    }

    private mutating func tests() throws(FEELSyntaxError) -> [FEELExpression.Test] {
        // `( … )` is a list of tests unless it is a range that starts with an open end.
        let start = position
        if take(.symbol("(")) {
            var result: [FEELExpression.Test] = []
            repeat { result.append(try test()) } while take(.symbol(","))
            if take(.symbol(")")) { return result }
            position = start
        }
        return [try test()]
    }

    private mutating func test() throws(FEELSyntaxError) -> FEELExpression.Test {
        if let op = takeSymbol(["<", "<=", ">", ">=", "=", "!="]) { return .comparison(op, try sum()) }
        let start = position
        if case .symbol(let open) = current, open == "[" || open == "(" || open == "]" {
            position += 1
            if let low = try? sum(), take(.symbol("..")) {
                let high = try sum()
                guard case .symbol(let close) = current, close == "]" || close == ")" || close == "[" else {
                    throw unexpected()
                }
                position += 1
                return .range(low: low, isLowIncluded: open == "[", high: high, isHighIncluded: close == "]")
            }
            position = start
        }
        return .value(try sum())
    }

    private mutating func sum() throws(FEELSyntaxError) -> Node {
        var left = try product()
        while let op = takeSymbol(["+", "-"]) { left = .binary(op, left, try product()) }
        return left
    }

    private mutating func product() throws(FEELSyntaxError) -> Node {
        var left = try power()
        while let op = takeSymbol(["*", "/"]) { left = .binary(op, left, try power()) }
        return left
    }

    private mutating func power() throws(FEELSyntaxError) -> Node {
        var left = try unary()
        while takeSymbol(["**"]) != nil { left = .binary(.power, left, try unary()) }
        return left
    }

    private mutating func unary() throws(FEELSyntaxError) -> Node {
        depth += 1
        defer { depth -= 1 }
        guard depth <= 64 else {
            throw FEELSyntaxError(message: "nested too deeply", offset: tokens[position].offset)
        }
        if take(.symbol("-")) { return .negate(try unary()) }
        return try postfix()
    }

    private mutating func postfix() throws(FEELSyntaxError) -> Node {
        var node = try primary()
        while true {
            if take(.symbol(".")) {
                node = .path(node, try name())
            } else if take(.symbol("[")) {
                node = .filter(node, try expression())
                try expect(.symbol("]"))
            } else {
                return node
            }
        }
    }

    private mutating func primary() throws(FEELSyntaxError) -> Node {
        switch current {
        case .number(let value):
            position += 1
            return .literal(value)
        case .string(let text):
            position += 1
            return .literal(.string(text))
        case .keyword("true"), .keyword("false"):
            let isTrue = current == .keyword("true")
            position += 1
            return .literal(.boolean(isTrue))
        case .keyword("null"):
            position += 1
            return .literal(.null)
        case .name(let text):
            position += 1
            return take(.symbol("(")) ? try call(text) : .name(text)
        case .symbol("?"):
            position += 1
            return .name("?")
        case .symbol("@"): return try temporal()
        case .symbol("("):
            position += 1
            let node = try expression()
            try expect(.symbol(")"))
            return node
        case .symbol("["):
            position += 1
            return .list(try items(until: "]"))
        case .symbol("{"):
            position += 1
            return try context()
        default: throw unexpected()
        }
    }

    private mutating func temporal() throws(FEELSyntaxError) -> Node {
        let offset = tokens[position].offset
        position += 1
        guard case .string(let text) = current else { throw unexpected() }
        position += 1
        for name in ["duration", "date and time", "date"] {
            let value = FEELFunctions.call(name, [.string(text)])
            if value != .null { return .literal(value) }
        }
        throw FEELSyntaxError(message: "'\(text)' is no date, time or duration", offset: offset)
    }

    private mutating func call(_ name: String) throws(FEELSyntaxError) -> Node {
        let offset = tokens[position].offset
        let arguments = try items(until: ")")
        guard let counts = FEELFunctions.arguments[name] else {
            throw FEELSyntaxError(message: "unknown function '\(name)'", offset: offset)
        }
        guard counts.contains(arguments.count) else {
            throw FEELSyntaxError(message: "'\(name)' does not take \(arguments.count) arguments", offset: offset)
        }
        return .call(name, arguments)
    }

    private mutating func items(until close: String) throws(FEELSyntaxError) -> [Node] {
        if take(.symbol(close)) { return [] }
        var result: [Node] = []
        repeat { result.append(try expression()) } while take(.symbol(","))
        try expect(.symbol(close))
        return result
    }

    private mutating func context() throws(FEELSyntaxError) -> Node {
        if take(.symbol("}")) { return .context([]) }
        var entries: [FEELExpression.Entry] = []
        repeat {
            let key: String
            switch current {
            case .name(let text), .string(let text): key = text
            default: throw unexpected()
            }
            position += 1
            try expect(.symbol(":"))
            entries.append(FEELExpression.Entry(key: key, value: try expression()))
        } while take(.symbol(","))
        try expect(.symbol("}"))
        return .context(entries)
    }
}
