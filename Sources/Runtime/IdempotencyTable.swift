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
        _ rows: [(IdempotencyKey, [UInt8])], _ database: any DatabaseConnection, now: Instant
    ) throws(Fault) {
        try database.executeEach(
            "INSERT INTO idempotency (client, key, fingerprint, answer, created_at) VALUES ($1, $2, $3, $4, $5)",
            rows.map { key, answer in
                [
                    .integer(key.client), .text(key.key), .text(key.fingerprintText),
                    .text(String(decoding: answer, as: UTF8.self)), .instant(now),
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

    /// Deletes a bounded number of rows that are older than `deadline`.
    static func expire(_ database: any DatabaseConnection, before deadline: Instant, limit: Int) throws(Fault) -> Int {
        try database.execute(
            """
            DELETE FROM idempotency WHERE (client, key) IN
                (SELECT client, key FROM idempotency WHERE created_at < $1 LIMIT $2)
            """,
            [.instant(deadline), .int(limit)])
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
