import Kernel
import Ports

/// A service's database in one schema of a PostgreSQL database, on version 14 or later.
///
/// The server does not forget what it acknowledged: connections that write ask for `synchronous_commit` and refuse a
/// server whose `fsync` is off. Connections hold session state and prepared statements: a pooler between must keep
/// one server connection per client connection.
public struct PostgresDatabase: Database {
    /// `postgres://…`, with everything that libpq takes in a URL, TLS included.
    let url: String
    /// Whose tables these are.
    public let schema: String
    /// How long a transaction that writes may stand still between two statements before the server ends it: a process
    /// that was stopped then holds no row any longer.
    private let standstillMax: Duration

    /// - Parameters:
    ///   - url: as libpq reads it: `postgres://user@host:port/database?sslmode=verify-full&…`.
    ///   - schema: made by the first migration; letters, digits and underscores.
    ///   - standstillMax: of a transaction that writes, between two statements; a whole number of milliseconds, 1 or
    ///     more. Not longer than a lease, or a lease that ran out could not be taken over.
    public init(url: String, schema: String, standstillMax: Duration = .seconds(5)) {
        precondition(
            !schema.isEmpty && schema.utf8.allSatisfy { $0 >= 97 && $0 <= 122 || $0 >= 48 && $0 <= 57 || $0 == 95 },
            "schema \(schema)")
        self.url = url
        self.schema = schema
        self.standstillMax = standstillMax
    }

    public func connect(_ access: DatabaseAccess) throws(Fault) -> any DatabaseConnection {
        let connection = PostgresConnection(self, access)
        try connection.reconnect()
        return connection
    }

    /// What libpq is told; the URL's own options come later and win, but for the last.
    var options: [(keyword: String, value: String)] {
        [
            ("connect_timeout", "5"), ("keepalives_idle", "10"), ("keepalives_interval", "5"),
            ("keepalives_count", "3"), ("tcp_user_timeout", "20000"),
            ("dbname", url), ("fallback_application_name", "doorstep \(schema)"), ("client_encoding", "UTF8"),
        ]
    }

    /// Settings of a session, and the check that the server keeps what it acknowledges.
    func setup(_ access: DatabaseAccess) -> String {
        let shared = """
            SET search_path TO "\(schema)";
            SET standard_conforming_strings TO on;
            SET tcp_keepalives_idle TO 10;
            SET tcp_keepalives_interval TO 5;
            SET tcp_keepalives_count TO 3;
            SET jit TO off;
            SET timezone TO 'UTC';
            """
        switch access {
        case .read:
            return shared + """

                SET default_transaction_read_only TO on;
                SET statement_timeout TO '60s';
                """
        case .write:
            // A worker finds all its rows by their keys. Plans are made once, mostly while tables are empty, so the
            // planner is left no choice that is fast then and slow later.
            return shared + """

                SET synchronous_commit TO on;
                SET plan_cache_mode TO force_generic_plan;
                SET enable_seqscan TO off;
                SET enable_bitmapscan TO off;
                SET enable_hashjoin TO off;
                SET enable_mergejoin TO off;
                SET lock_timeout TO '10s';
                SET statement_timeout TO '60s';
                SET idle_in_transaction_session_timeout TO '\(max(1, standstillMax.inMilliseconds))ms';
                DO $$ BEGIN
                    IF current_setting('fsync') <> 'on' THEN
                        RAISE EXCEPTION 'fsync is off: this server would forget what it acknowledged';
                    END IF;
                END $$;
                """
        }
    }
}
