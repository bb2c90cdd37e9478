import Kernel
import Ports
import Signing

/// Keys as rows.
enum KeyRows {
    private static let columns = """
        id, name, scopes, secret_hash, previous_hash, previous_expires_at, created_at, created_by, expires_at, revoked_at
        """

    static func all(_ database: any DatabaseConnection) throws(Fault) -> [APIKey] {
        try database.rows("SELECT \(columns) FROM api_keys ORDER BY id", [], key)
    }

    static func key(_ id: APIKeyID, _ database: any DatabaseConnection) throws(Fault) -> APIKey? {
        try database.first("SELECT \(columns) FROM api_keys WHERE id = $1", [.id(id)], key)
    }

    private static func key(_ row: any SQLRow) -> APIKey {
        APIKey(
            id: row.id(0), name: row.text(1),
            scopes: Set(row.text(2).split(separator: " ").compactMap { Scope(rawValue: String($0)) }),
            createdAt: row.instant(6), createdBy: row.text(7), expiresAt: row.optionalInstant(8),
            revokedAt: row.optionalInstant(9), previousExpiresAt: row.optionalInstant(5),
            secretHash: Base64.decode(row.text(3)) ?? [],
            previousHash: row.optionalText(4).flatMap { Base64.decode($0) })
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
}
