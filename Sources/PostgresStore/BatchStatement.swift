import Ports

/// A statement for one row of parameters, rewritten to do the same for many rows at once: each parameter becomes a
/// column of `unnest`, over an array per parameter.
///
/// | statement | becomes |
/// |---|---|
/// | `INSERT INTO t (a, b) VALUES ($1, 0) …` | `INSERT INTO t (a, b) SELECT _p._1, 0 FROM unnest(…) AS _p(_1) …` |
/// | `UPDATE t SET b = $2 WHERE a = $1` | `UPDATE t SET b = _p._2 FROM unnest(…) AS _p(_1, _2) WHERE a = _p._1` |
/// | `DELETE FROM t WHERE a = $1` | `DELETE FROM t USING unnest(…) AS _p(_1) WHERE a = _p._1` |
/// | `SELECT …` | `SELECT _p._o, _q.* FROM unnest(…) WITH ORDINALITY AS _p(_1, _o), LATERAL (SELECT …) AS _q` |
///
/// What it does not recognize is left alone, and is then run once per row.
struct BatchStatement: Equatable {
    let sql: String
    /// Numbers of the parameters that say which row is meant: rows in which all of them are equal would meet in one
    /// statement, which knows no order, and belong into one after the other. `nil` when that makes no difference.
    let keys: [Int]?

    /// - Parameter types: of the parameters, as the server described them for the statement of one row.
    /// - Returns: `nil` for a statement that cannot be rewritten.
    init?(_ sql: String, _ types: [PostgresType]) {
        guard let source = Source(types) else { return nil }
        let statement = SQLTokens(sql)
        guard case .word(let verb) = statement.tokens.first?.kind else { return nil }
        let made: (String, [Int]?)? =
            switch verb {
            case "SELECT", "WITH": (Self.query(statement, source), nil)
            case "INSERT": Self.insertion(statement, source)
            case "UPDATE": Self.update(statement, source)
            case "DELETE": Self.deletion(statement, source).map { ($0, nil) }
            default: nil
            }
        guard let made else { return nil }
        (self.sql, keys) = made
    }

    /// Rows in such portions that no two of one portion mean the same row; the order of those that do is kept.
    func portions(_ rows: [[SQLValue]], max: Int) -> [[[SQLValue]]] {
        guard let keys else { return Self.cut(rows, max: max) }
        var seen: [[SQLValue]: Int] = [:]
        seen.reserveCapacity(rows.count)
        var portions: [[[SQLValue]]] = []
        for row in rows {
            let key = keys.map { row[$0 - 1] }
            let portion = seen[key, default: 0]
            seen[key] = portion + 1
            if portion == portions.count { portions.append([]) }
            portions[portion].append(row)
        }
        return portions.flatMap { Self.cut($0, max: max) }
    }

    private static func cut(_ rows: [[SQLValue]], max: Int) -> [[[SQLValue]]] {
        guard rows.count > max else { return [rows] }
        return stride(from: 0, to: rows.count, by: max).map { Array(rows[$0..<min($0 + max, rows.count)]) }
    }

    /// The arrays as a table.
    private struct Source {
        let arrays: String
        let columns: String

        init?(_ types: [PostgresType]) {
            let names = types.compactMap(\.name)
            guard names.count == types.count, !names.isEmpty else { return nil }
            arrays = names.enumerated().map { "$\($0 + 1)::\($1)[]" }.joined(separator: ", ")
            columns = names.indices.map { "_\($0 + 1)" }.joined(separator: ", ")
        }

        var table: String { "unnest(\(arrays)) AS _p(\(columns))" }

        static func column(_ number: Int) -> String { "_p._\(number)" }
    }

    private static func query(_ statement: SQLTokens, _ source: Source) -> String {
        let inner = statement.text(0..<statement.bytes.count, Source.column)
        return "SELECT _p._o, _q.* FROM unnest(\(source.arrays)) WITH ORDINALITY AS _p(\(source.columns), _o), "
            + "LATERAL (\(inner)) AS _q"
    }

    private static func insertion(_ statement: SQLTokens, _ source: Source) -> (String, [Int]?)? {
        guard let values = statement.place(of: "VALUES"), let list = statement.group(after: values),
            let names = statement.group(after: 1)
        else { return nil }
        let start = statement.tokens[values].range.lowerBound
        let inside =
            statement.tokens[list.lowerBound].range.upperBound..<statement.tokens[list.upperBound].range.lowerBound
        let rest = statement.tokens[(list.upperBound + 1)...]
        guard !rest.contains(where: \.isParameter), rest.first?.kind != .comma, statement.place(of: "RETURNING") == nil
        else { return nil }
        var keys: [Int]?
        if let conflict = statement.place(of: "CONFLICT"), statement.place(of: "NOTHING") == nil {
            guard let target = statement.group(after: conflict), target.lowerBound == conflict + 1 else { return nil }
            keys = statement.items(target).compactMap { name in
                let place = statement.items(names).firstIndex { $0.map(\.kind) == name.map(\.kind) }
                guard let place, let value = statement.items(list)[safe: place], value.count == 1,
                    case .parameter(let number) = value[0].kind
                else { return nil }
                return number
            }
        }
        let sql =
            statement.text(0..<start, Source.column) + "SELECT " + statement.text(inside, Source.column) + " FROM "
            + source.table
            + statement.text(statement.tokens[list.upperBound].range.upperBound..<statement.bytes.count, Source.column)
        return (sql, keys)
    }

    private static func update(_ statement: SQLTokens, _ source: Source) -> (String, [Int]?)? {
        guard let set = statement.place(of: "SET"), let condition = statement.condition,
            statement.place(of: "FROM") == nil
        else { return nil }
        let changed = statement.tokens[set..<condition].indices.compactMap { place -> SQLTokens.Kind? in
            let tokens = statement.tokens
            guard tokens[place].depth == 0, place == set || tokens[place].kind == .comma else { return nil }
            return tokens[place + 1].kind
        }
        let keys = statement.equalities(after: condition).filter { !changed.contains($0.column) }.map(\.parameter)
        guard !keys.isEmpty else { return nil }
        return (statement.inserted("FROM \(source.table) ", before: condition), keys)
    }

    private static func deletion(_ statement: SQLTokens, _ source: Source) -> String? {
        guard let condition = statement.condition, statement.place(of: "USING") == nil else { return nil }
        return statement.inserted("USING \(source.table) ", before: condition)
    }
}

extension SQLTokens.Token {
    fileprivate var isParameter: Bool { if case .parameter = kind { true } else { false } }
}

extension SQLTokens {
    /// The first such word outside of parentheses.
    fileprivate func place(of word: String) -> Int? { tokens.firstIndex { $0.depth == 0 && $0.kind == .word(word) } }

    /// The next parentheses after a token, from the opening to the closing one.
    fileprivate func group(after place: Int) -> ClosedRange<Int>? {
        guard let start = tokens[place...].firstIndex(where: { $0.kind == .open }),
            let end = tokens[start...].firstIndex(where: { $0.kind == .close && $0.depth == tokens[start].depth })
        else { return nil }
        return start...end
    }

    /// What commas separate within parentheses.
    fileprivate func items(_ group: ClosedRange<Int>) -> [[Token]] {
        let inside = tokens[(group.lowerBound + 1)..<group.upperBound]
        return inside.split(whereSeparator: { $0.kind == .comma && $0.depth == tokens[group.lowerBound].depth + 1 })
            .map(Array.init)
    }

    /// Where a change's condition begins, if all that it depends on is the row itself and its parameters.
    fileprivate var condition: Int? {
        let isSimple = !tokens.contains { $0.kind == .word("SELECT") || $0.kind == .word("RETURNING") }
        guard isSimple, let place = place(of: "WHERE") else { return nil }
        return tokens[place...].contains { $0.depth == 0 && $0.kind == .word("OR") } ? nil : place
    }

    /// The parts `column = $n` of a condition whose parts are joined by AND.
    fileprivate func equalities(after condition: Int) -> [(column: Kind, parameter: Int)] {
        tokens[(condition + 1)...].split(whereSeparator: { $0.depth == 0 && $0.kind == .word("AND") }).compactMap {
            part in
            let kinds = part.map(\.kind)
            guard kinds.count == 3, case .word = kinds[0], kinds[1] == .other("="),
                case .parameter(let number) = kinds[2]
            else { return nil }
            return (kinds[0], number)
        }
    }

    fileprivate func inserted(_ text: String, before place: Int) -> String {
        let start = tokens[place].range.lowerBound
        let column = { (number: Int) in "_p._\(number)" }
        return self.text(0..<start, column) + text + self.text(start..<bytes.count, column)
    }
}

extension Array {
    fileprivate subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
