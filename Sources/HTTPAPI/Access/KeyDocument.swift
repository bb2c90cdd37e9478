import Kernel

/// A key as the API and the command line show it.
public enum KeyDocument {
    /// - Parameter token: what its owner sends; given once, when the key is made.
    public static func write(_ key: APIKey, _ token: String?, _ json: inout JSONWriter) {
        json.member("id", key.id)
        json.member("name", key.name)
        json.member("scopes", array: key.scopes.sorted()) { json, scope in json.string(scope.rawValue) }
        json.member("created_at", key.createdAt)
        json.member("created_by", key.createdBy)
        if let expiresAt = key.expiresAt { json.member("expires_at", expiresAt) }
        if let revokedAt = key.revokedAt { json.member("revoked_at", revokedAt) }
        if let token { json.member("token", token) }
        json.member("allowed_actions", array: key.revokedAt == nil ? ["rotate", "revoke"] : []) { $0.string($1) }
    }
}
