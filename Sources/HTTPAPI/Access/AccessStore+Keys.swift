import Kernel
import Ports

extension AccessStore {
    /// How long the former secret goes on working after a rotation, unless said otherwise.
    public static let rotationOverlap = Duration.seconds(24 * 3600)

    /// Makes a key.
    ///
    /// - Parameters:
    ///   - actor: who asked, for the trail.
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
            let scopeList = scopes.sorted().map(\.rawValue).joined(separator: " ")
            try KeyRows.record(
                TrailEntry(at: now, actor: actor, action: "key_created", subject: key.id.text, detail: scopeList),
                connection)
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
            guard try KeyRows.rotate(id, hash: hash, previousExpiresAt: until, connection) else { return false }
            try KeyRows.record(
                TrailEntry(
                    at: now, actor: actor, action: "key_rotated", subject: id.text,
                    detail: "former secret until \(until)"), connection)
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
            guard try KeyRows.revoke(id, now: now, connection) else { return false }
            try KeyRows.record(
                TrailEntry(at: now, actor: actor, action: "key_revoked", subject: id.text, detail: ""), connection)
            return true
        }
    }

    /// What was done, oldest first.
    public func trail(after id: Int64, limit: Int) async throws(Fault) -> [TrailEntry] {
        try await transaction { connection throws(Fault) in
            try KeyRows.trail(connection, after: id, limit: limit)
        }
    }

    /// Adds to the trail something that was done elsewhere, such as discarding a dead letter.
    public func record(actor: String, action: String, subject: String, detail: String) async throws(Fault) {
        let entry = TrailEntry(at: clock.now, actor: actor, action: action, subject: subject, detail: detail)
        try await transaction { connection throws(Fault) in try KeyRows.record(entry, connection) }
    }
}
