import Runtime

/// The tables of `access.db`: keys, the audit log of what was done to them, and the answers to repeated requests about them.
enum AccessTables {
    static let migrations: [Migration] = [
        Migration(
            1, "access",
            """
            CREATE TABLE api_keys (
                id BIGINT PRIMARY KEY,
                name TEXT NOT NULL,
                scopes TEXT NOT NULL,
                secret_hash TEXT NOT NULL,
                previous_hash TEXT,
                previous_expires_at BIGINT,
                created_at BIGINT NOT NULL,
                created_by TEXT NOT NULL,
                expires_at BIGINT,
                revoked_at BIGINT
            );
            -- Only ever inserted into.
            CREATE TABLE access_trail (
                id BIGINT PRIMARY KEY,
                at BIGINT NOT NULL,
                actor TEXT NOT NULL,
                action TEXT NOT NULL,
                subject TEXT NOT NULL,
                detail TEXT NOT NULL
            );
            CREATE TABLE access_answers (
                client BIGINT NOT NULL,
                key TEXT NOT NULL,
                fingerprint TEXT NOT NULL,
                answer TEXT NOT NULL,
                created_at BIGINT NOT NULL,
                PRIMARY KEY (client, key)
            ) /*sqlite: WITHOUT ROWID */;
            CREATE INDEX access_answers_by_time ON access_answers (created_at);
            """),
        Migration(2, "audit log", AuditLog.tables + "DROP TABLE access_trail;"),
    ]
}
