import Kernel
import Ports
import Runtime

extension AccessStore {
    /// How long the former secret goes on working after a rotation, unless said otherwise.
    public static let rotationOverlap = Duration.seconds(24 * 3600)

    /// Makes a key.
    ///
    /// - Parameters:
    ///   - actor: who asked, for the audit log.
    ///   - answer: kept under an idempotency key together with the new key; `nil` for callers that never repeat.
    /// - Returns: the key, and the token, which is shown now and never again.
    public func create(
        name: String, scopes: Set<Scope>, expiresAt: Instant?, actor: String
    ) async throws(Fault) -> (key: APIKey, token: String) {
        try await create(name: name, scopes: scopes, expiresAt: expiresAt, actor: actor, keep: nil)
    }

    func create(
        name: String, scopes: Set<Scope>, expiresAt: Instant?, actor: String, keep: KeptAnswer<APIKey>?
    ) async throws(Fault) -> (key: APIKey, token: String) {
        let now = clock.now
        let secret = APIKeyToken.makeSecret()
        let hash = APIKeyToken.hash(secret)
        let key = try await change { connection throws(Fault) in
            let greatest = try connection.integer("SELECT max(id) FROM api_keys")
            var ids = IDGenerator(after: greatest)
            let key = APIKey(
                id: ids.next(now: now), name: name, scopes: scopes, createdAt: now, createdBy: actor,
                expiresAt: expiresAt, revokedAt: nil, previousExpiresAt: nil, secretHash: hash, previousHash: nil)
            try KeyRows.insert(key, connection)
            try Self.record("create_key", key, before: nil, by: actor, connection, now: now)
            try keep?.save(key, connection, now: now)
            return key
        }
        return (key, APIKeyToken.text(key.id, secret))
    }

    /// Gives a key a new secret; the former one works for `overlap` more.
    ///
    /// - Returns: the new token, shown now and never again; `nil` when there is no such key, or it was revoked.
    public func rotate(_ id: APIKeyID, overlap: Duration, actor: String) async throws(Fault) -> String? {
        try await rotate(id, overlap: overlap, actor: actor, keep: nil)
    }

    func rotate(
        _ id: APIKeyID, overlap: Duration, actor: String, keep: KeptAnswer<Instant>?
    ) async throws(Fault) -> String? {
        let now = clock.now
        let secret = APIKeyToken.makeSecret()
        let hash = APIKeyToken.hash(secret)
        let isDone = try await change { connection throws(Fault) in
            let until = now + overlap
            guard let former = try KeyRows.key(id, connection),
                try KeyRows.rotate(id, hash: hash, previousExpiresAt: until, connection)
            else { return false }
            var rotated = former
            rotated.previousExpiresAt = until
            try Self.record("rotate_key", rotated, before: former, by: actor, connection, now: now)
            try keep?.save(until, connection, now: now)
            return true
        }
        return isDone ? APIKeyToken.text(id, secret) : nil
    }

    /// Ends a key for good.
    ///
    /// - Returns: false when there is no such key, or it was revoked before.
    public func revoke(_ id: APIKeyID, actor: String) async throws(Fault) -> Bool {
        let now = clock.now
        return try await change { connection throws(Fault) in
            guard let former = try KeyRows.key(id, connection), try KeyRows.revoke(id, now: now, connection) else {
                return false
            }
            var revoked = former
            revoked.revokedAt = now
            try Self.record("revoke_key", revoked, before: former, by: actor, connection, now: now)
            return true
        }
    }

    private static func record(
        _ action: String, _ key: APIKey, before: APIKey?, by actor: String, _ connection: any DatabaseConnection,
        now: Instant
    ) throws(Fault) {
        let record = AuditRecord(
            actor: actor, action: action, subject: key.id.text, before: before.map(\.audited) ?? "",
            after: key.audited)
        try AuditLog.append([record], connection, now: now)
    }

    /// The audit log of the keys.
    func auditLog(after place: (at: Instant, position: Int64), limit: Int) async throws(Fault) -> [AuditEntry] {
        try await transaction { connection throws(Fault) in
            try AuditLog.read(after: place, limit: limit, connection)
        }
    }
}

extension APIKey {
    /// What the audit log knows of a key: neither its secret nor a hash of it.
    fileprivate var audited: String {
        var json = JSONWriter()
        json.object { json in
            json.member("name", name)
            json.member("scopes", array: scopes.sorted()) { $0.string($1.rawValue) }
            if let expiresAt { json.member("expires_at", expiresAt) }
            if let previousExpiresAt { json.member("former_secret_until", previousExpiresAt) }
            if let revokedAt { json.member("revoked_at", revokedAt) }
        }
        return json.text
    }
}
