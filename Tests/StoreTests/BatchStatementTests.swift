import Ports
import Testing

@testable import PostgresStore

@Suite struct BatchStatementTests {
    private static let source = "unnest($1::bigint[], $2::text[]) AS _p(_1, _2)"

    @Test(arguments: [
        (
            "INSERT INTO t (a, b, c) VALUES ($1, $2, 0)",
            "INSERT INTO t (a, b, c) SELECT _p._1, _p._2, 0 FROM \(source)"
        ),
        (
            "INSERT INTO t (a, b) VALUES ($2, coalesce($1, 0)) ON CONFLICT (a) DO NOTHING",
            "INSERT INTO t (a, b) SELECT _p._2, coalesce(_p._1, 0) FROM \(source) ON CONFLICT (a) DO NOTHING"
        ),
        (
            "UPDATE t SET b = $2, c = '$1' WHERE a = $1",
            "UPDATE t SET b = _p._2, c = '$1' FROM \(source) WHERE a = _p._1"
        ),
        ("DELETE FROM t WHERE a = $1 AND b = $2", "DELETE FROM t USING \(source) WHERE a = _p._1 AND b = _p._2"),
        (
            "SELECT a FROM t WHERE a = $1 AND b = $2 -- $3\n",
            "SELECT _p._o, _q.* FROM unnest($1::bigint[], $2::text[]) WITH ORDINALITY AS _p(_1, _2, _o), "
                + "LATERAL (SELECT a FROM t WHERE a = _p._1 AND b = _p._2 -- $3\n) AS _q"
        ),
    ]) func aStatementOfOneRowBecomesOneOfMany(one: String, many: String) {
        #expect(BatchStatement(one, [.int8, .text])?.sql == many)
    }

    @Test(arguments: [
        "INSERT INTO t (a, b) VALUES ($1, $2) RETURNING a", "INSERT INTO t (a, b) VALUES ($1, 0), ($2, 0)",
        "INSERT INTO t (a) VALUES ($1) ON CONFLICT (a) DO UPDATE SET b = $2", "INSERT INTO t (a) SELECT $1",
        "UPDATE t SET b = $2", "UPDATE t SET b = $2 FROM u WHERE a = $1", "UPDATE t SET b = $2 WHERE a > $1",
        "UPDATE t SET b = $2 WHERE a = $1 OR b = $2", "UPDATE t SET a = $2 WHERE a = $1",
        "UPDATE t SET b = (SELECT max(b) FROM t) WHERE a = $1", "DELETE FROM t USING u WHERE a = $1",
        "DELETE FROM t WHERE a IN (SELECT a FROM t LIMIT $1)", "VACUUM", "",
    ]) func whatIsNotRecognizedIsLeftAlone(sql: String) {
        #expect(BatchStatement(sql, [.int8, .text]) == nil)
    }

    @Test func aTypeWithoutAnArrayIsLeftAlone() {
        #expect(BatchStatement("DELETE FROM t WHERE a = $1", [.other(2950)]) == nil)
        #expect(BatchStatement("DELETE FROM t WHERE a = 1", []) == nil)
    }

    @Test(arguments: [
        ("UPDATE t SET b = $2 WHERE a = $1", [1]),
        ("UPDATE t SET b = b + 1 WHERE a = $1 AND c = $2 AND d > 0", [1, 2]),
        ("UPDATE t SET b = $2 WHERE a = $1 AND b = $2", [1]),
        ("INSERT INTO t (c, a, b) VALUES (0, $2, $1) ON CONFLICT (b, a) DO UPDATE SET c = 1", [1, 2]),
        ("INSERT INTO t (a, b) VALUES (1, $1) ON CONFLICT (a) DO UPDATE SET b = excluded.b", []),
        ("INSERT INTO t (a, b) VALUES ($1, $2)", nil), ("DELETE FROM t WHERE a = $1", nil),
    ]) func keysSayWhichRowIsMeant(sql: String, keys: [Int]?) throws {
        #expect(try #require(BatchStatement(sql, [.int8, .text])).keys == keys)
    }

    @Test func rowsThatMeetAreOneAfterTheOther() throws {
        let batch = try #require(BatchStatement("UPDATE t SET b = $2 WHERE a = $1", [.int8, .text]))
        let rows: [[SQLValue]] = [[1, "a"], [2, "b"], [1, "c"], [3, "d"], [1, "e"]]
        #expect(batch.portions(rows, max: 2) == [[rows[0], rows[1]], [rows[3]], [rows[2]], [rows[4]]])
        #expect(batch.portions([], max: 2) == [[]] || batch.portions([], max: 2).isEmpty)
    }
}
