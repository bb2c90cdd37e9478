import Kernel
import Ports

/// Answers kept under the client's key, so that a repeated request gets the same answer and does nothing.
enum IdempotencyTable {
    struct Stored {
        let fingerprint: String
        let answer: [UInt8]
    }

    static func find(_ keys: [IdempotencyKey], _ database: any DatabaseConnection) throws(Fault)
        -> [ClientKey: Stored]
    {
        var found: [ClientKey: Stored] = [:]
        try database.queryEach(
            "SELECT client, key, fingerprint, answer FROM idempotency WHERE client = $1 AND key = $2",
            keys.map { [.integer($0.client), .text($0.key)] }
        ) { row in
            found[ClientKey(client: row.integer(0), key: row.text(1))] = Stored(
                fingerprint: row.text(2), answer: row.bytes(3))
        }
        return found
    }

    static func insert(
        _ rows: [(IdempotencyKey, [UInt8])], _ database: any DatabaseConnection, now: Instant, retention: Duration
    ) throws(Fault) {
        try database.executeLater(
            """
            INSERT INTO idempotency (client, key, fingerprint, answer, created_at, remove_at)
            VALUES ($1, $2, $3, $4, $5, $6)
            """,
            rows.map { key, answer in
                [
                    .integer(key.client), .text(key.key), .text(key.fingerprintText),
                    .text(String(decoding: answer, as: UTF8.self)), .instant(now), .instant(now + retention),
                ]
            })
    }

    static func replaceAnswer(
        _ key: IdempotencyKey, _ answer: [UInt8], _ database: any DatabaseConnection
    ) throws(Fault) {
        try database.execute(
            "UPDATE idempotency SET answer = $3 WHERE client = $1 AND key = $2 AND fingerprint = $4",
            [
                .integer(key.client), .text(key.key), .text(String(decoding: answer, as: UTF8.self)),
                .text(key.fingerprintText),
            ])
    }

    static func nextRemoval(_ database: any DatabaseConnection) throws(Fault) -> Instant? {
        try database.first("SELECT min(remove_at) FROM idempotency") { $0.optionalInstant(0) } ?? nil
    }

    /// Removes a bounded number of answers that are past their time.
    static func remove(due now: Instant, limit: Int, _ database: any DatabaseConnection) throws(Fault) {
        try database.execute(
            """
            DELETE FROM idempotency WHERE (client, key) IN
                (SELECT client, key FROM idempotency WHERE remove_at <= $1 ORDER BY remove_at LIMIT $2)
            """, [.instant(now), .int(limit)])
    }
}

/// The part of an ``IdempotencyKey`` that makes it the same key.
struct ClientKey: Hashable {
    let client: Int64
    let key: String
}

extension IdempotencyKey {
    var clientKey: ClientKey { ClientKey(client: client, key: key) }

    var fingerprintText: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: fingerprint.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
