import Runtime

/// Orders' tables. Money is in minor units of the order's currency, times are milliseconds since 1970, ids are the
/// integers inside the texts that callers see.
enum OrdersMigrations {
    static let all: [Migration] = [
        Migration(1, "orders", orders), Migration(2, "webhooks", webhooks),
        Migration(3, "webhook versions", webhookVersions), Migration(4, "finished processes", finishedProcesses),
        Migration(5, "returns", returns), Migration(6, "returns by status", returnsByStatus),
        Migration(7, "room in pages", roomInPages, isCompatible: true),
    ]

    private static let orders = """
        CREATE TABLE products (
            id BIGINT PRIMARY KEY,
            sku TEXT NOT NULL UNIQUE,
            gtin TEXT,
            name TEXT NOT NULL,
            weight_grams BIGINT NOT NULL CHECK (weight_grams > 0),
            length_mm BIGINT,
            width_mm BIGINT,
            height_mm BIGINT,
            version BIGINT NOT NULL CHECK (version > 0),
            created_at BIGINT NOT NULL,
            updated_at BIGINT NOT NULL
        );
        CREATE TABLE orders (
            id BIGINT PRIMARY KEY,
            client BIGINT NOT NULL,
            number TEXT,
            customer TEXT NOT NULL,
            currency TEXT NOT NULL,
            country TEXT NOT NULL,
            latitude REAL NOT NULL,
            longitude REAL NOT NULL,
            payment_method TEXT NOT NULL,
            hold_id BIGINT,
            tracking_high BIGINT NOT NULL,
            tracking_low BIGINT NOT NULL,
            goods_count BIGINT NOT NULL CHECK (goods_count >= 0),
            total BIGINT NOT NULL CHECK (total >= 0),
            placed_at BIGINT NOT NULL,
            has_email BIGINT NOT NULL,
            state BIGINT NOT NULL CHECK (state BETWEEN 1 AND 6),
            updated_at BIGINT NOT NULL,
            authorized BIGINT NOT NULL,
            captured BIGINT NOT NULL,
            refunded BIGINT NOT NULL CHECK (refunded >= 0),
            voided BIGINT NOT NULL CHECK (voided >= 0),
            authorization_id TEXT,
            declined BIGINT NOT NULL,
            cancellation BIGINT NOT NULL CHECK (cancellation BETWEEN 0 AND 3),
            cancellation_reason TEXT NOT NULL,
            cancellation_units TEXT NOT NULL,
            end_reason TEXT NOT NULL,
            shortages TEXT,
            jeopardy BIGINT NOT NULL,
            cancelled_units TEXT NOT NULL,
            last_request BIGINT NOT NULL,
            retries BIGINT NOT NULL,
            notified BIGINT NOT NULL,
            CHECK (authorized >= captured + voided),
            CHECK (captured >= refunded)
        );
        CREATE UNIQUE INDEX orders_by_number ON orders (client, number) WHERE number IS NOT NULL;
        CREATE INDEX orders_by_tracking ON orders (tracking_high);
        CREATE INDEX orders_by_state ON orders (state, id);
        CREATE TABLE order_lines (
            order_id BIGINT NOT NULL,
            line BIGINT NOT NULL CHECK (line > 0),
            product_id BIGINT,
            label TEXT NOT NULL,
            quantity BIGINT NOT NULL CHECK (quantity > 0),
            unit_price BIGINT NOT NULL CHECK (unit_price >= 0),
            allocated BIGINT NOT NULL CHECK (allocated >= 0),
            PRIMARY KEY (order_id, line)
        ) /*sqlite: WITHOUT ROWID */;
        CREATE TABLE recipients (
            order_id BIGINT PRIMARY KEY,
            name TEXT NOT NULL,
            street TEXT NOT NULL,
            city TEXT NOT NULL,
            postal_code TEXT NOT NULL,
            country TEXT NOT NULL,
            email TEXT
        );
        CREATE TABLE fulfillments (
            order_id BIGINT NOT NULL,
            place BIGINT NOT NULL,
            id BIGINT NOT NULL,
            warehouse_id BIGINT NOT NULL,
            parent_id BIGINT,
            units TEXT NOT NULL,
            value BIGINT NOT NULL CHECK (value >= 0),
            status BIGINT NOT NULL CHECK (status BETWEEN 1 AND 7),
            missing TEXT NOT NULL,
            missing_request BIGINT NOT NULL,
            packages TEXT NOT NULL,
            shipment_id BIGINT,
            carrier TEXT,
            tracking_number TEXT,
            shipment_status BIGINT,
            attempts BIGINT NOT NULL,
            captured BIGINT NOT NULL,
            refunded BIGINT NOT NULL CHECK (refunded >= 0),
            restocked BIGINT NOT NULL,
            told BIGINT NOT NULL,
            notified BIGINT NOT NULL,
            shipping_position BIGINT NOT NULL,
            updated_at BIGINT NOT NULL,
            PRIMARY KEY (order_id, place),
            CHECK (captured >= refunded)
        ) /*sqlite: WITHOUT ROWID */;
        CREATE TABLE process_definitions (
            version BIGINT PRIMARY KEY,
            xml TEXT NOT NULL,
            registered_at BIGINT NOT NULL
        );
        CREATE TABLE process_instances (
            order_id BIGINT PRIMARY KEY,
            version BIGINT NOT NULL,
            ended BIGINT NOT NULL,
            incidents BIGINT NOT NULL,
            state BLOB NOT NULL
        );
        CREATE INDEX process_incidents ON process_instances (order_id) WHERE incidents > 0;
        CREATE TABLE notifications (
            order_id BIGINT NOT NULL,
            fulfillment_id BIGINT NOT NULL,
            status BIGINT NOT NULL,
            notified_at BIGINT NOT NULL,
            PRIMARY KEY (order_id, fulfillment_id, status)
        ) /*sqlite: WITHOUT ROWID */;
        """

    private static let webhooks = """
        CREATE TABLE webhook_endpoints (
            id BIGINT PRIMARY KEY,
            client BIGINT NOT NULL,
            url TEXT NOT NULL,
            secrets TEXT NOT NULL,
            types TEXT NOT NULL,
            active BIGINT NOT NULL,
            disabled_because TEXT,
            created_at BIGINT NOT NULL
        );
        CREATE TABLE webhook_deliveries (
            id BIGINT PRIMARY KEY,
            endpoint_id BIGINT NOT NULL,
            message_id TEXT NOT NULL,
            type TEXT NOT NULL,
            body TEXT NOT NULL,
            status BIGINT NOT NULL CHECK (status BETWEEN 0 AND 2),
            attempts BIGINT NOT NULL,
            detail TEXT,
            created_at BIGINT NOT NULL,
            ended_at BIGINT
        );
        CREATE INDEX webhook_deliveries_by_endpoint ON webhook_deliveries (endpoint_id, id);
        """

    /// Former secrets: one a line, the secret, a blank, and until when it signs.
    private static let webhookVersions = """
        ALTER TABLE webhook_endpoints ADD COLUMN former_secrets TEXT NOT NULL DEFAULT '';
        ALTER TABLE webhook_endpoints ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
        """

    private static let finishedProcesses = """
        ALTER TABLE process_instances ADD COLUMN remove_at BIGINT;
        UPDATE process_instances SET remove_at = (SELECT updated_at + 7776000000 FROM orders WHERE id = order_id)
            WHERE ended = 1;
        CREATE INDEX process_instances_to_remove ON process_instances (remove_at) WHERE remove_at IS NOT NULL;
        """

    private static let returns = """
        ALTER TABLE fulfillments ADD COLUMN delivered_at BIGINT;
        CREATE TABLE returns (
            id BIGINT PRIMARY KEY,
            order_id BIGINT NOT NULL,
            units TEXT NOT NULL CHECK (units <> ''),
            reason TEXT NOT NULL,
            requested_at BIGINT NOT NULL,
            status BIGINT NOT NULL CHECK (status BETWEEN 1 AND 5),
            warehouse_id BIGINT,
            decline_reason TEXT NOT NULL,
            inspected TEXT NOT NULL,
            refunded BIGINT NOT NULL CHECK (refunded >= 0),
            refund_tries BIGINT NOT NULL CHECK (refund_tries >= 0),
            refund_refusal TEXT NOT NULL,
            updated_at BIGINT NOT NULL,
            CHECK (refunded = 0 OR status = 5),
            CHECK (warehouse_id IS NOT NULL OR status IN (1, 3))
        );
        CREATE INDEX returns_by_order ON returns (order_id, id);
        """

    private static let returnsByStatus = "CREATE INDEX returns_by_status ON returns (status, id);"

    /// Rows that change several times are updated within their pages, and without their indexes, where there is room.
    private static let roomInPages = """
        /*postgres:
        ALTER TABLE orders SET (fillfactor = 60);
        ALTER TABLE fulfillments SET (fillfactor = 50);
        ALTER TABLE process_instances SET (fillfactor = 50);
        */
        """
}
