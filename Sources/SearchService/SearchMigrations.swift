import Runtime

/// The search service's tables. Nothing in them is about people: names and places go from their owner to the index.
enum SearchMigrations {
    static let all: [Migration] = [
        Migration(
            1, "search",
            """
            -- What the log says of an order. change = partition * 2^48 + the number of the change in that partition.
            CREATE TABLE folds (
                order_id BIGINT PRIMARY KEY,
                change BIGINT NOT NULL,
                placed BIGINT NOT NULL,
                fold TEXT NOT NULL
            );
            CREATE UNIQUE INDEX folds_by_change ON folds (change);
            CREATE TABLE changes (
                partition BIGINT PRIMARY KEY,
                last BIGINT NOT NULL
            );
            -- Up to which change an index was written.
            CREATE TABLE index_positions (
                index_name TEXT NOT NULL,
                partition BIGINT NOT NULL,
                position BIGINT NOT NULL,
                PRIMARY KEY (index_name, partition)
            ) /*sqlite: WITHOUT ROWID */;
            CREATE TABLE saved_searches (
                name TEXT PRIMARY KEY,
                query TEXT NOT NULL
            );
            """)
    ]
}
