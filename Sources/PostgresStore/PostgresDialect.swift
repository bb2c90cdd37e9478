/// Turns portable SQL into PostgreSQL's words: in scripts the types, everywhere the comments meant for it.
enum PostgresDialect {
    /// A statement: a comment `/*postgres: TEXT */` becomes `TEXT`, as in `/*postgres: FOR UPDATE */`.
    static func adapt(_ sql: String) -> String {
        guard sql.contains("/*postgres:") else { return sql }
        var adapted = ""
        var rest = sql[...]
        while let start = rest.firstRange(of: "/*postgres:") {
            adapted += rest[..<start.lowerBound]
            rest = rest[start.upperBound...]
            guard let end = rest.firstRange(of: "*/") else { preconditionFailure("a comment that never ends: \(sql)") }
            adapted += rest[..<end.lowerBound]
            rest = rest[end.upperBound...]
        }
        return adapted + rest
    }

    /// A script: `BLOB` and `REAL` as SQLite has them are `bytea` and `double precision` here.
    static func adaptScript(_ sql: String) -> String {
        adapt(sql).replacing(" BLOB", with: " BYTEA").replacing(" REAL", with: " DOUBLE PRECISION")
    }
}
