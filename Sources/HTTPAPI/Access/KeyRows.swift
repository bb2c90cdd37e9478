import Kernel
import Ports
import Signing

/// Keys and the trail as rows.
enum KeyRows {
    static func all(_ database: any DatabaseConnection) throws(Fault) -> [APIKey] {
        try database.rows(
            """
            SELECT id, name, scopes, secret_hash, previous_hash, previous_expires_at, created_at, created_by,
                expires_at, revoked_at
            FROM api_keys ORDER BY id
            """
        ) { row in
            APIKey(
                id: row.id(0), name: row.text(1),
                scopes: Set(row.text(2).split(separator: " ").compactMap { Scope(rawValue: String($0)) }),
                createdAt: row.instant(6), createdBy: row.text(7), expiresAt: row.optionalInstant(8),
                revokedAt: row.optionalInstant(9), previousExpiresAt: row.optionalInstant(5),
                secretHash: Base64.decode(row.text(3)) ?? [],
                previousHash: row.optionalText(4).flatMap { Base64.decode($0) })
        }
    }

    static func insert(_ key: APIKey, _ database: any DatabaseConnection) throws(Fault) {
        try database.execute(
            """
            INSERT INTO api_keys (id, name, scopes, secret_hash, previous_hash, previous_expires_at, created_at,
                created_by, expires_at, revoked_at)
            VALUES ($1, $2, $3, $4, NULL, NULL, $5, $6, $7, NULL)
            """,
            [
                .id(key.id), .text(key.name), .text(key.scopes.sorted().map(\.rawValue).joined(separator: " ")),
                .text(Base64.encode(key.secretHash)), .instant(key.createdAt), .text(key.createdBy),
                .instant(key.expiresAt),
            ])
    }

    /// - Returns: false when there is no such key, or it was revoked.
    static func rotate(
        _ id: APIKeyID, hash: [UInt8], previousExpiresAt: Instant, _ database: any DatabaseConnection
    ) throws(Fault) -> Bool {
        try database.execute(
            """
            UPDATE api_keys SET previous_hash = secret_hash, previous_expires_at = $3, secret_hash = $2
            WHERE id = $1 AND revoked_at IS NULL
            """,
            [.id(id), .text(Base64.encode(hash)), .instant(previousExpiresAt)]) == 1
    }

    /// - Returns: false when there is no such key, or it was revoked before.
    static func revoke(_ id: APIKeyID, now: Instant, _ database: any DatabaseConnection) throws(Fault) -> Bool {
        try database.execute(
            "UPDATE api_keys SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL", [.id(id), .instant(now)]) == 1
    }

    static func record(_ entry: TrailEntry, _ database: any DatabaseConnection) throws(Fault) {
        try database.execute(
            """
            INSERT INTO access_trail (id, at, actor, action, subject, detail)
            SELECT coalesce(max(id), 0) + 1, $1, $2, $3, $4, $5 FROM access_trail
            """,
            [
                .instant(entry.at), .text(entry.actor), .text(entry.action), .text(entry.subject),
                .text(entry.detail),
            ])
    }

    static func trail(_ database: any DatabaseConnection, after id: Int64, limit: Int) throws(Fault) -> [TrailEntry] {
        try database.rows(
            "SELECT id, at, actor, action, subject, detail FROM access_trail WHERE id > $1 ORDER BY id LIMIT $2",
            [.integer(id), .int(limit)]
        ) { row in
            TrailEntry(
                id: row.integer(0), at: row.instant(1), actor: row.text(2), action: row.text(3), subject: row.text(4),
                detail: row.text(5))
        }
    }
}

/// Something that was done by somebody with the right to administer.
public struct TrailEntry: Sendable, Equatable {
    public var id: Int64 = 0
    public let at: Instant
    /// The id of the key, or `command line`.
    public let actor: String
    public let action: String
    public let subject: String
    public let detail: String
}
