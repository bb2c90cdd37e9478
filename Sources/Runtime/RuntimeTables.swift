/// The tables that every service's database has beside the service's own.
enum RuntimeTables {
    static let migrations: [Migration] = [
        Migration(
            1, "runtime",
            """
            CREATE TABLE leases (
                partition BIGINT PRIMARY KEY,
                owner TEXT NOT NULL,
                epoch BIGINT NOT NULL,
                expires_at BIGINT NOT NULL,
                commits BIGINT NOT NULL
            );
            CREATE TABLE heads (
                partition BIGINT PRIMARY KEY,
                position BIGINT NOT NULL CHECK (position >= 0)
            );
            CREATE TABLE cursors (
                topic TEXT NOT NULL,
                partition BIGINT NOT NULL,
                position BIGINT NOT NULL CHECK (position >= 0),
                PRIMARY KEY (topic, partition)
            );
            -- place = partition * 2^48 + position
            CREATE TABLE events (
                place BIGINT PRIMARY KEY,
                key BIGINT NOT NULL,
                type TEXT NOT NULL,
                recorded_at BIGINT NOT NULL,
                payload TEXT NOT NULL
            );
            CREATE INDEX events_by_key ON events (key);
            CREATE TABLE effects (
                kind BIGINT NOT NULL,
                subject BIGINT NOT NULL,
                sequence BIGINT NOT NULL,
                entity BIGINT NOT NULL,
                status BIGINT NOT NULL CHECK (status BETWEEN 0 AND 3),
                attempts BIGINT NOT NULL,
                due_at BIGINT NOT NULL,
                uncertain BIGINT NOT NULL,
                withdrawal BIGINT NOT NULL,
                request TEXT NOT NULL,
                result TEXT,
                decided_at BIGINT NOT NULL,
                PRIMARY KEY (kind, subject, sequence)
            ) /*sqlite: WITHOUT ROWID */;
            CREATE TABLE timers (
                kind BIGINT NOT NULL,
                subject BIGINT NOT NULL,
                due_at BIGINT NOT NULL,
                PRIMARY KEY (kind, subject)
            ) /*sqlite: WITHOUT ROWID */;
            CREATE INDEX timers_by_time ON timers (due_at);
            CREATE TABLE idempotency (
                client BIGINT NOT NULL,
                key TEXT NOT NULL,
                fingerprint TEXT NOT NULL,
                answer TEXT NOT NULL,
                created_at BIGINT NOT NULL,
                PRIMARY KEY (client, key)
            ) /*sqlite: WITHOUT ROWID */;
            CREATE TABLE dead_letters (
                id BIGINT PRIMARY KEY,
                partition BIGINT NOT NULL,
                key BIGINT NOT NULL,
                input TEXT NOT NULL,
                label TEXT NOT NULL,
                payload TEXT NOT NULL,
                error TEXT,
                parked_at BIGINT NOT NULL,
                discarded_because TEXT
            );
            """),
        Migration(2, "audit log", AuditLog.tables),
        Migration(
            3, "retention",
            """
            ALTER TABLE events ADD COLUMN remove_at BIGINT;
            UPDATE events SET remove_at = recorded_at + 7776000000;
            ALTER TABLE effects ADD COLUMN remove_at BIGINT;
            UPDATE effects SET remove_at = decided_at + 7776000000 WHERE status <> 0;
            CREATE INDEX effects_to_remove ON effects (remove_at) WHERE remove_at IS NOT NULL;
            ALTER TABLE idempotency ADD COLUMN remove_at BIGINT;
            UPDATE idempotency SET remove_at = created_at + 86400000;
            CREATE INDEX idempotency_to_remove ON idempotency (remove_at);
            CREATE TABLE removals (
                subject BIGINT NOT NULL,
                partition BIGINT NOT NULL,
                up_to BIGINT NOT NULL,
                PRIMARY KEY (subject, partition)
            ) /*sqlite: WITHOUT ROWID */;
            """),
        Migration(
            4, "partitions",
            """
            ALTER TABLE effects ADD COLUMN partition BIGINT NOT NULL DEFAULT 0;
            ALTER TABLE timers ADD COLUMN partition BIGINT NOT NULL DEFAULT 0;
            DROP INDEX timers_by_time;
            CREATE INDEX timers_by_time ON timers (partition, due_at);
            CREATE TABLE division (
                id BIGINT PRIMARY KEY CHECK (id = 1),
                partitions BIGINT NOT NULL CHECK (partitions BETWEEN 1 AND 256)
            );
            CREATE TABLE nodes (
                owner TEXT PRIMARY KEY,
                address TEXT NOT NULL,
                expires_at BIGINT NOT NULL
            );
            """),
        Migration(5, "relays", RelayTable.table),
        // The time is stamped when an effect is decided: its end then changes no column that an index knows, and
        // PostgreSQL updates it in place, where the page has room. An older program beside a newer one would decide effects
        // without a time, which nobody then removes: it is not compatible.
        Migration(
            6, "removal of effects",
            """
            UPDATE effects SET remove_at = decided_at + 7776000000 WHERE remove_at IS NULL;
            /*postgres: ALTER TABLE effects SET (fillfactor = 50); */
            """),
    ]
}
