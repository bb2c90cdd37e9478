import Runtime

enum ShippingMigrations {
    static let all = [
        Migration(
            1, "shipments",
            """
            CREATE TABLE shipments (
                id BIGINT PRIMARY KEY,
                order_id BIGINT NOT NULL,
                fulfillment_id BIGINT NOT NULL UNIQUE,
                warehouse_id BIGINT NOT NULL,
                country TEXT NOT NULL CHECK (length(country) = 2),
                total_grams BIGINT NOT NULL CHECK (total_grams >= 0),
                parcels BIGINT NOT NULL CHECK (parcels >= 0),
                value_amount BIGINT NOT NULL CHECK (value_amount >= 0),
                value_currency TEXT NOT NULL,
                requested_at BIGINT NOT NULL,
                label BIGINT NOT NULL CHECK (label BETWEEN 0 AND 7),
                carrier TEXT NOT NULL,
                attempt BIGINT NOT NULL CHECK (attempt >= 0),
                refused_by TEXT NOT NULL,
                quoted_amount BIGINT,
                quoted_currency TEXT,
                tracking_number TEXT,
                label_date BIGINT,
                price_amount BIGINT,
                price_currency TEXT,
                booked_at BIGINT,
                handed_over_at BIGINT,
                ended_because TEXT,
                status BIGINT NOT NULL CHECK (status BETWEEN 0 AND 13),
                status_since BIGINT,
                failed_attempts BIGINT NOT NULL CHECK (failed_attempts >= 0),
                eta BIGINT,
                proof TEXT,
                reason TEXT,
                latitude DOUBLE PRECISION,
                longitude DOUBLE PRECISION,
                last_event_at BIGINT,
                -- A label is booked, being voided, voided or refused to be voided (3 to 6), and nothing else has one.
                CHECK ((label BETWEEN 3 AND 6) = (tracking_number IS NOT NULL)),
                CHECK ((tracking_number IS NULL) = (label_date IS NULL)),
                CHECK ((tracking_number IS NULL) = (price_amount IS NULL)),
                CHECK (handed_over_at IS NULL OR label = 3),
                CHECK ((label BETWEEN 5 AND 7) = (status = 12))
            );
            CREATE INDEX shipments_by_order ON shipments (order_id);
            -- Carriers use tracking numbers again: a number means a shipment only together with the day of its label.
            CREATE UNIQUE INDEX shipments_by_label ON shipments (carrier, tracking_number, label_date)
                WHERE tracking_number IS NOT NULL;
            -- Every report of a courier, kept for ever as it came.
            CREATE TABLE shipment_events (
                shipment_id BIGINT NOT NULL REFERENCES shipments (id),
                fingerprint BIGINT NOT NULL,
                carrier TEXT NOT NULL,
                status BIGINT NOT NULL CHECK (status BETWEEN 0 AND 13),
                status_text TEXT NOT NULL,
                occurred_at BIGINT NOT NULL,
                time_text TEXT NOT NULL,
                received_at BIGINT NOT NULL,
                latitude DOUBLE PRECISION,
                longitude DOUBLE PRECISION,
                reason TEXT,
                attempt BIGINT,
                eta BIGINT,
                proof TEXT,
                message TEXT,
                raw TEXT NOT NULL,
                PRIMARY KEY (shipment_id, fingerprint)
            ) /*sqlite: WITHOUT ROWID */;
            -- Fulfillment orders that were stopped before anybody asked to ship them.
            CREATE TABLE stopped_fulfillments (
                fulfillment_id BIGINT PRIMARY KEY,
                order_id BIGINT NOT NULL,
                stopped_at BIGINT NOT NULL
            );
            """),
        // Rows that change several times are updated within their pages, where there is room.
        Migration(
            2, "room in pages", "/*postgres: ALTER TABLE shipments SET (fillfactor = 50); */", isCompatible: true),
    ]
}
