import Kernel
import Ports
import Testing

/// What the Database port promises, on every store.
@Suite struct DatabaseConformanceTests {
    private static let counters = "CREATE TABLE counters (id BIGINT PRIMARY KEY, n BIGINT NOT NULL CHECK (n >= 0))"

    @Test(arguments: Store.allCases)
    func parametersAreBoundByTheirNumber(store: Store) throws {
        try store.withTables("CREATE TABLE t (a BIGINT, b TEXT)") { connection, _ throws in
            try connection.execute("INSERT INTO t (a, b) VALUES ($2, $1)", [.text("one"), .int(2)])
            let row = try connection.first(
                "SELECT b, a, b FROM t WHERE a = $1 AND b = $2 AND a < $1 + 1", [.int(2), .text("one")]
            ) { "\($0.text(0)) \($0.int(1)) \($0.text(2))" }
            #expect(row == "one 2 one")
        }
    }

    @Test(arguments: Store.allCases)
    func valuesComeBackAsTheyWere(store: Store) throws {
        try store.withTables("CREATE TABLE t (n BIGINT PRIMARY KEY, a BIGINT, b TEXT, c BLOB, d REAL)") {
            connection, _ in
            let rows: [[SQLValue]] = [
                [1, .integer(.min), .text(""), .blob([]), .real(0.1)],
                [2, .integer(.max), .text("ü\"'\\$1 ☂"), .blob([0, 255, 10]), .real(-1e300)],
                [3, .null, .null, .null, .null],
                [
                    4, .integer(-1), .text(String(repeating: "x", count: 100_000)),
                    .blob([UInt8](repeating: 7, count: 9000)), .integer(3),
                ],
            ]
            #expect(try connection.executeEach("INSERT INTO t (n, a, b, c, d) VALUES ($1, $2, $3, $4, $5)", rows) == 4)
            var back: [[SQLValue]] = []
            try connection.query("SELECT n, a, b, c, d FROM t ORDER BY n", []) { row in
                back.append([
                    .integer(row.integer(0)), row.isNull(1) ? .null : .integer(row.integer(1)),
                    .text(row.optionalText(2)),
                    row.isNull(3) ? .null : .blob(row.bytes(3)), row.isNull(4) ? .null : .real(row.real(4)),
                ])
            }
            #expect(Array(back[0..<3]) == Array(rows[0..<3]))
            #expect(back[3][0..<4] == rows[3][0..<4] && back[3][4] == .real(3))
        }
    }

    @Test(arguments: Store.allCases)
    func sumsCountsAndComparisonsAreNumbers(store: Store) throws {
        try store.withTables("CREATE TABLE t (a BIGINT, d REAL)") { connection, _ throws in
            #expect(try connection.integer("SELECT sum(a) FROM t") == 0)
            try connection.executeEach(
                "INSERT INTO t (a, d) VALUES ($1, $2)",
                [
                    [.integer(4_000_000_000_000_000_000), .real(1)], [.integer(4_000_000_000_000_000_000), .real(2)],
                    [-9_999_999, .real(0.5)],
                ])
            let row = try connection.first("SELECT sum(d), count(*), max(d) > 1, sum(a) IS NULL, min(a), avg(d) FROM t")
            {
                row in
                "\(row.real(0)) \(row.integer(1)) \(row.bool(2)) \(row.bool(3)) \(row.integer(4)) \(row.real(5) > 1)"
            }
            #expect(row == "3.5 3 true false -9999999 true")
            #expect(try connection.integer("SELECT sum(a) FROM t WHERE a > 0") == 8_000_000_000_000_000_000)
            #expect(try connection.integer("SELECT sum(a) FROM t WHERE a < 0") == -9_999_999)
        }
    }

    @Test(arguments: Store.allCases)
    func aZeroCharacterIsKeptOrRefused(store: Store) throws {
        try store.withTables("CREATE TABLE t (b TEXT)") { connection, _ throws in
            if store.keepsZeroCharacters {
                try connection.execute("INSERT INTO t (b) VALUES ($1)", [.text("a\u{0}b")])
                #expect(try connection.first("SELECT b FROM t") { $0.text(0) } == "a\u{0}b")
            } else {
                let fault = #expect(throws: Fault.self) {
                    try connection.execute("INSERT INTO t (b) VALUES ($1)", [.text("a\u{0}b")])
                }
                #expect(fault?.isRetryable == false)
            }
        }
    }

    @Test(arguments: Store.allCases)
    func changesAreCounted(store: Store) throws {
        try store.withTables(Self.counters) { connection, _ throws in
            let rows = (1...1000).map { [SQLValue.int($0), .int(1)] }
            #expect(try connection.executeEach("INSERT INTO counters (id, n) VALUES ($1, $2)", rows) == 1000)
            #expect(
                try connection.executeEach("UPDATE counters SET n = n + $2 WHERE id = $1", rows + [[5000, 1]]) == 1000)
            #expect(try connection.execute("UPDATE counters SET n = 7 WHERE id <= $1", [3]) == 3)
            #expect(
                try connection.executeEach("DELETE FROM counters WHERE id = $1 AND n = $2", [[1, 7], [2, 8]]) == 1)
            #expect(try connection.executeEach("DELETE FROM counters WHERE id = $1", []) == 0)
            #expect(try connection.integer("SELECT count(*) FROM counters") == 999)
        }
    }

    @Test(arguments: Store.allCases)
    func rowsOfOneBatchThatMeetAreAppliedInOrder(store: Store) throws {
        try store.withTables(Self.counters) { connection, _ throws in
            let upsert = """
                INSERT INTO counters (id, n) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET n = counters.n * 10 + excluded.n
                """
            #expect(try connection.executeEach(upsert, [[1, 1], [2, 5], [1, 2], [1, 3]]) == 4)
            #expect(try connection.rows("SELECT n FROM counters ORDER BY id") { $0.int(0) } == [123, 5])
            #expect(
                try connection.executeEach(
                    "UPDATE counters SET n = n * 10 + $1 WHERE id = $2", [[4, 1], [5, 1], [6, 2]]) == 3)
            #expect(try connection.rows("SELECT n FROM counters ORDER BY id") { $0.int(0) } == [12_345, 56])
            let ignore = "INSERT INTO counters (id, n) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING"
            #expect(try connection.executeEach(ignore, [[3, 1], [3, 2], [1, 0]]) == 1)
            #expect(try connection.integer("SELECT n FROM counters WHERE id = 3") == 1)
        }
    }

    @Test(arguments: Store.allCases)
    func batchesOfAnyStatementDoWhatTheirRowsDo(store: Store) throws {
        try store.withTables(Self.counters) { connection, _ throws in
            // None of these is of a form that a batch is recognized by.
            try connection.executeEach(
                "INSERT INTO counters (id, n) SELECT $1, coalesce(max(n), 0) + 1 FROM counters", [[1], [2], [3]])
            #expect(try connection.rows("SELECT n FROM counters ORDER BY id") { $0.int(0) } == [1, 2, 3])
            try connection.executeEach(
                "UPDATE counters SET n = n + 10 WHERE id = $1 OR id = $2", [[1, 2], [2, 3], [3, 1]])
            #expect(try connection.rows("SELECT n FROM counters ORDER BY id") { $0.int(0) } == [21, 22, 23])
            try connection.executeEach(
                "DELETE FROM counters WHERE id IN (SELECT id FROM counters WHERE n > $1 ORDER BY id LIMIT $2)",
                [[20, 1], [20, 1]])
            #expect(try connection.rows("SELECT id FROM counters") { $0.int(0) } == [3])
        }
    }

    @Test(arguments: Store.allCases)
    func rowsOfABatchOfQueriesComeInTheOrderOfTheParameters(store: Store) throws {
        try store.withTables("CREATE TABLE lines (owner BIGINT, line BIGINT, PRIMARY KEY (owner, line))") {
            connection, _ in
            let lines = (0..<500).flatMap { owner in (0..<3).map { [SQLValue.int(owner), .int($0)] } }
            try connection.executeEach("INSERT INTO lines (owner, line) VALUES ($1, $2)", lines)
            var state: UInt64 = 7
            let owners = (0..<700).map { _ -> Int in
                state = state &* 6_364_136_223_846_793_005 &+ 1
                return Int(state >> 33) % 600
            }
            var found: [[Int]] = []
            try connection.queryEach(
                "SELECT owner, line FROM lines WHERE owner = $1 ORDER BY line DESC", owners.map { [.int($0)] }
            ) { row in found.append([row.int(0), row.int(1)]) }
            #expect(found == owners.filter { $0 < 500 }.flatMap { owner in [2, 1, 0].map { [owner, $0] } })
            found = []
            try connection.queryEach(
                "SELECT count(*), $2 FROM lines WHERE owner = $1", [[1, 5], [999, 6], [2, 7]]
            ) { row in found.append([row.int(0), row.int(1)]) }
            #expect(found == [[3, 5], [0, 6], [3, 7]])
        }
    }

    @Test(arguments: Store.allCases)
    func aQueryMayBeAskedWithinAnother(store: Store) throws {
        try store.withTables(Self.counters) { connection, _ throws in
            try connection.executeEach("INSERT INTO counters (id, n) VALUES ($1, $1)", [[1], [2], [3]])
            var seen: [Int64] = []
            let sql = "SELECT n FROM counters WHERE id >= $1 ORDER BY id"
            try connection.query(sql, [1]) { row throws(Fault) in
                seen.append(row.integer(0))
                seen += try connection.rows(sql, [.integer(row.integer(0) + 1)]) { $0.integer(0) }
            }
            #expect(seen == [1, 2, 3, 2, 3, 3])
        }
    }
}
