import Runtime

/// Warehouse's tables.
///
/// The ledger is keyed by what it is a ledger of, so that a page of it and the audit's sums read it in order.
/// The database refuses to oversell even if the code asks: see the checks of `stock`.
enum WarehouseMigrations {
    static let all: [Migration] = [
        Migration(
            1, "warehouse",
            """
            CREATE TABLE sequences (
                name TEXT PRIMARY KEY,
                value BIGINT NOT NULL
            );
            CREATE TABLE warehouses (
                id BIGINT PRIMARY KEY,
                code TEXT NOT NULL UNIQUE,
                gln TEXT,
                name TEXT NOT NULL,
                country TEXT NOT NULL,
                latitude DOUBLE PRECISION NOT NULL CHECK (latitude BETWEEN -90 AND 90),
                longitude DOUBLE PRECISION NOT NULL CHECK (longitude BETWEEN -180 AND 180)
            );
            CREATE TABLE products (
                id BIGINT PRIMARY KEY,
                sku TEXT NOT NULL,
                name TEXT NOT NULL,
                weight_grams BIGINT NOT NULL CHECK (weight_grams >= 0)
            );
            CREATE INDEX products_by_sku ON products (sku);
            CREATE TABLE stock (
                product BIGINT NOT NULL,
                warehouse BIGINT NOT NULL REFERENCES warehouses (id),
                on_hand BIGINT NOT NULL CHECK (on_hand >= 0),
                held BIGINT NOT NULL CHECK (held >= 0),
                allocated BIGINT NOT NULL CHECK (allocated >= 0),
                picked BIGINT NOT NULL CHECK (picked >= 0),
                damaged BIGINT NOT NULL CHECK (damaged >= 0),
                quality_control BIGINT NOT NULL CHECK (quality_control >= 0),
                quarantined BIGINT NOT NULL CHECK (quarantined >= 0),
                safety BIGINT NOT NULL CHECK (safety >= 0),
                incoming BIGINT NOT NULL CHECK (incoming >= 0),
                entries BIGINT NOT NULL CHECK (entries >= 0),
                PRIMARY KEY (product, warehouse),
                CONSTRAINT only_allocated_is_picked CHECK (picked <= allocated),
                CONSTRAINT nothing_is_promised_twice CHECK (
                    held + allocated + damaged + quality_control + quarantined + safety <= on_hand)
            ) /*sqlite: WITHOUT ROWID */;
            CREATE TABLE ledger (
                product BIGINT NOT NULL,
                warehouse BIGINT NOT NULL,
                number BIGINT NOT NULL CHECK (number > 0),
                kind BIGINT NOT NULL CHECK (kind BETWEEN 1 AND 15),
                counter BIGINT NOT NULL CHECK (counter BETWEEN 0 AND 5),
                quantity BIGINT NOT NULL CHECK (quantity > 0 OR (kind = 10 AND quantity <> 0)),
                document_kind BIGINT NOT NULL CHECK (document_kind BETWEEN 1 AND 3),
                document BIGINT,
                reference TEXT,
                actor TEXT,
                reverses BIGINT CHECK (reverses < number),
                occurred_at BIGINT NOT NULL,
                PRIMARY KEY (product, warehouse, number)
            ) /*sqlite: WITHOUT ROWID */;
            CREATE TABLE stock_references (
                reference TEXT NOT NULL,
                kind BIGINT NOT NULL,
                product BIGINT NOT NULL,
                warehouse BIGINT NOT NULL,
                quantity BIGINT NOT NULL,
                PRIMARY KEY (reference, kind, product, warehouse)
            ) /*sqlite: WITHOUT ROWID */;
            CREATE TABLE orders (
                id BIGINT PRIMARY KEY,
                requests BIGINT NOT NULL CHECK (requests >= 0),
                is_stopped BIGINT NOT NULL,
                is_release_asked BIGINT NOT NULL
            );
            CREATE TABLE fulfillments (
                id BIGINT PRIMARY KEY,
                order_id BIGINT NOT NULL,
                warehouse BIGINT NOT NULL,
                request BIGINT NOT NULL CHECK (request > 0),
                created_at BIGINT NOT NULL,
                step BIGINT NOT NULL CHECK (step BETWEEN 1 AND 11),
                task_status BIGINT NOT NULL CHECK (task_status BETWEEN 0 AND 3),
                worker TEXT,
                since BIGINT NOT NULL,
                units BIGINT NOT NULL CHECK (units >= 0),
                shipment BIGINT,
                carrier TEXT,
                tracking_number TEXT
            );
            CREATE INDEX fulfillments_by_order ON fulfillments (order_id);
            -- What somebody can work on now: picking, packing, labelled, putting back, returning.
            CREATE INDEX fulfillments_to_work_on ON fulfillments (step, since, id) WHERE step IN (2, 3, 5, 9, 10);
            CREATE TABLE allocations (
                fulfillment BIGINT NOT NULL,
                line BIGINT NOT NULL,
                first BIGINT NOT NULL CHECK (first >= 0),
                product BIGINT NOT NULL,
                quantity BIGINT NOT NULL CHECK (quantity > 0),
                entry BIGINT NOT NULL,
                pick_entry BIGINT,
                PRIMARY KEY (fulfillment, line, first)
            ) /*sqlite: WITHOUT ROWID */;
            CREATE TABLE finished_tasks (
                fulfillment BIGINT NOT NULL,
                kind BIGINT NOT NULL CHECK (kind BETWEEN 0 AND 3),
                status BIGINT NOT NULL CHECK (status BETWEEN 4 AND 6),
                worker TEXT,
                reason TEXT,
                finished_at BIGINT NOT NULL,
                PRIMARY KEY (fulfillment, kind)
            ) /*sqlite: WITHOUT ROWID */;
            CREATE TABLE packages (
                fulfillment BIGINT NOT NULL,
                number BIGINT NOT NULL CHECK (number > 0),
                id BIGINT NOT NULL,
                sscc TEXT NOT NULL,
                weight_grams BIGINT NOT NULL CHECK (weight_grams >= 0),
                PRIMARY KEY (fulfillment, number)
            ) /*sqlite: WITHOUT ROWID */;
            CREATE TABLE holds (
                id BIGINT PRIMARY KEY,
                cart TEXT NOT NULL,
                created_at BIGINT NOT NULL,
                expires_at BIGINT NOT NULL,
                status BIGINT NOT NULL CHECK (status BETWEEN 1 AND 4),
                order_id BIGINT
            );
            CREATE INDEX holds_by_time ON holds (expires_at) WHERE status = 1;
            CREATE TABLE hold_lines (
                hold BIGINT NOT NULL REFERENCES holds (id),
                product BIGINT NOT NULL,
                warehouse BIGINT NOT NULL,
                quantity BIGINT NOT NULL CHECK (quantity > 0),
                entry BIGINT NOT NULL,
                PRIMARY KEY (hold, entry, product, warehouse)
            ) /*sqlite: WITHOUT ROWID */;
            """),
        Migration(
            2, "returns",
            """
            CREATE TABLE returns (
                id BIGINT PRIMARY KEY,
                order_id BIGINT NOT NULL,
                warehouse BIGINT NOT NULL REFERENCES warehouses (id),
                reference TEXT NOT NULL UNIQUE,
                expected_at BIGINT NOT NULL,
                worker TEXT,
                received_at BIGINT,
                CHECK ((worker IS NULL) = (received_at IS NULL))
            );
            CREATE INDEX returns_by_order ON returns (order_id, id);
            CREATE INDEX returns_to_receive ON returns (expected_at, id) WHERE received_at IS NULL;
            CREATE TABLE return_units (
                return_id BIGINT NOT NULL,
                line BIGINT NOT NULL,
                first BIGINT NOT NULL CHECK (first >= 0),
                quantity BIGINT NOT NULL CHECK (quantity > 0),
                product BIGINT NOT NULL,
                disposition BIGINT CHECK (disposition BETWEEN 1 AND 5),
                settlement BIGINT NOT NULL CHECK (settlement BETWEEN 0 AND 1),
                PRIMARY KEY (return_id, line, first)
            ) /*sqlite: WITHOUT ROWID */;
            """),
        // Rows that change several times are updated within their pages, where there is room.
        Migration(
            3, "room in pages",
            """
            /*postgres:
            ALTER TABLE fulfillments SET (fillfactor = 60);
            ALTER TABLE allocations SET (fillfactor = 70);
            ALTER TABLE stock SET (fillfactor = 50);
            */
            """, isCompatible: true),
        Migration(
            4, "parcels back before their handover",
            "ALTER TABLE fulfillments ADD COLUMN came_back_early BIGINT NOT NULL DEFAULT 0", isCompatible: true),
    ]
}
