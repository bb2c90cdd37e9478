import Kernel

extension FEELExpression {
    /// The value in a scope. A type error gives `null`, as FEEL has it; nothing is thrown.
    ///
    /// - Parameter lookup: the value of a variable, `nil` where there is none.
    /// - Complexity: O(size of the expression × lengths of the lists it walks through).
    public func evaluate(_ lookup: (String) -> FEELValue?) -> FEELValue {
        withoutActuallyEscaping(lookup) { escapable in
            FEELEvaluator(lookup: escapable).evaluate(root)
        }
    }
}

struct FEELEvaluator {
    typealias Node = FEELExpression.Node

    let lookup: (String) -> FEELValue?

    private func binding(_ name: String, _ value: FEELValue) -> FEELEvaluator {
        let outer = lookup
        return FEELEvaluator { $0 == name ? value : outer($0) }
    }

    func evaluate(_ node: Node) -> FEELValue {
        switch node {
        case .literal(let value): return value
        case .name(let name): return lookup(name) ?? .null
        case .list(let items): return .list(items.map(evaluate))
        case .context(let entries): return context(entries)
        case .path(let base, let name): return path(evaluate(base), name)
        case .filter(let base, let condition): return filter(evaluate(base), condition)
        case .call("is defined", let arguments): return .boolean(isDefined(arguments[0]))
        case .call(let name, let arguments): return FEELFunctions.call(name, arguments.map(evaluate))
        case .negate(let operand): return FEELArithmetic.negate(evaluate(operand))
        case .binary(.and, let left, let right): return and(left, right)
        case .binary(.or, let left, let right): return or(left, right)
        case .binary(let op, let left, let right):
            return FEELArithmetic.apply(op, evaluate(left), evaluate(right))
        case .between(let value, let low, let high):
            let value = evaluate(value)
            return both(
                FEELArithmetic.apply(.greaterOrEqual, value, evaluate(low)),
                FEELArithmetic.apply(.lessOrEqual, value, evaluate(high)))
        case .membership(let value, let tests): return membership(evaluate(value), tests)
        case .conditional(let condition, let yes, let no):
            return evaluate(condition) == .boolean(true) ? evaluate(yes) : evaluate(no)
        case .quantified(let isEvery, let bindings, let condition):
            return quantified(isEvery, bindings[...], condition)
        case .loop(let bindings, let body):
            var results: [FEELValue] = []
            let isWhole = forEach(bindings[...]) { results.append($0.evaluate(body)) }
            return isWhole ? .list(results) : .null
        case .instance(let value, let type): return .boolean(FEELArithmetic.typeName(evaluate(value)) == type)
        }
    }

    private func context(_ entries: [FEELExpression.Entry]) -> FEELValue {
        var result: [String: FEELValue] = [:]
        var evaluator = self
        for entry in entries {
            let value = evaluator.evaluate(entry.value)
            result[entry.key] = value
            evaluator = evaluator.binding(entry.key, value)
        }
        return .context(result)
    }

    private func path(_ base: FEELValue, _ name: String) -> FEELValue {
        switch base {
        case .context(let entries): return entries[name] ?? .null
        case .list(let items): return .list(items.map { path($0, name) })
        default: return .null
        }
    }

    private func isDefined(_ node: Node) -> Bool {
        switch node {
        case .name(let name): return lookup(name) != nil
        case .path(let base, let name):
            guard isDefined(base), case .context(let entries) = evaluate(base) else { return false }
            return entries[name] != nil
        default: return true
        }
    }

    private func filter(_ base: FEELValue, _ condition: Node) -> FEELValue {
        if case .null = base { return .null }
        let items: [FEELValue]
        if case .list(let list) = base { items = list } else { items = [base] }
        if case .integer(let index) = evaluate(condition) {
            let place = index > 0 ? index - 1 : Int64(items.count) + index
            return index != 0 && (0..<Int64(items.count)).contains(place) ? items[Int(place)] : .null
        }
        return .list(
            items.filter { item in
                var evaluator = binding("item", item)
                if case .context(let entries) = item {
                    let outer = evaluator.lookup
                    evaluator = FEELEvaluator { entries[$0] ?? outer($0) }
                }
                return evaluator.evaluate(condition) == .boolean(true)
            })
    }

    // MARK: Three-valued logic (DMN 1.4, table 48)

    private func and(_ left: Node, _ right: Node) -> FEELValue {
        let first = evaluate(left)
        return first == .boolean(false) ? first : both(first, evaluate(right))
    }

    private func both(_ left: FEELValue, _ right: FEELValue) -> FEELValue {
        if left == .boolean(false) || right == .boolean(false) { return .boolean(false) }
        return left == .boolean(true) && right == .boolean(true) ? .boolean(true) : .null
    }

    private func or(_ left: Node, _ right: Node) -> FEELValue {
        let first = evaluate(left)
        if first == .boolean(true) { return first }
        let second = evaluate(right)
        if second == .boolean(true) { return second }
        return first == .boolean(false) && second == .boolean(false) ? .boolean(false) : .null
    }

    private func quantified(
        _ isEvery: Bool, _ bindings: ArraySlice<FEELExpression.Binding>, _ condition: Node
    ) -> FEELValue {
        var sawNull = false
        var decided = false
        let isWhole = forEach(bindings) { evaluator in
            switch evaluator.evaluate(condition) {
            case .boolean(let value): decided = decided || value != isEvery
            default: sawNull = true
            }
        }
        guard isWhole else { return .null }
        if decided { return .boolean(!isEvery) }
        return sawNull ? .null : .boolean(isEvery)
    }

    /// Runs the body once per combination. Returns false when something to walk through is no list.
    private func forEach(
        _ bindings: ArraySlice<FEELExpression.Binding>, _ body: (FEELEvaluator) -> Void
    ) -> Bool {
        guard let first = bindings.first else {
            body(self)
            return true
        }
        let values = evaluate(first.values)
        guard case .list(let items) = values else { return false }
        for item in items {
            guard binding(first.name, item).forEach(bindings.dropFirst(), body) else { return false }
        }
        return true
    }

    private func membership(_ value: FEELValue, _ tests: [FEELExpression.Test]) -> FEELValue {
        var sawNull = false
        for test in tests {
            let result: FEELValue
            switch test {
            case .comparison(let op, let other): result = FEELArithmetic.apply(op, value, evaluate(other))
            case .range(let low, let isLowIncluded, let high, let isHighIncluded):
                result = both(
                    FEELArithmetic.apply(isLowIncluded ? .greaterOrEqual : .greater, value, evaluate(low)),
                    FEELArithmetic.apply(isHighIncluded ? .lessOrEqual : .less, value, evaluate(high)))
            case .value(let node):
                let other = evaluate(node)
                if case .list(let items) = other, !items.contains(value) {
                    result = .boolean(other == value)
                } else if case .list = other {
                    result = .boolean(true)
                } else {
                    result = FEELArithmetic.apply(.equal, value, other)
                }
            }
            if result == .boolean(true) { return result }
            if result == .null { sawNull = true }
        }
        return sawNull ? .null : .boolean(false)
    }
}
