import Kernel
import Signing

/// An API key as it is stored and shown: everything but its secret.
public struct APIKey: Sendable, Equatable {
    public let id: APIKeyID
    public let name: String
    public let scopes: Set<Scope>
    public let createdAt: Instant
    public let createdBy: String
    public let expiresAt: Instant?
    public internal(set) var revokedAt: Instant?
    /// When the secret before the last rotation stops working.
    public internal(set) var previousExpiresAt: Instant?
    /// SHA-256 of the secret. The secret has 256 random bits, so a slow hash would add nothing.
    var secretHash: [UInt8]
    var previousHash: [UInt8]?

    /// Whether a request with this secret may pass now.
    ///
    /// Both hashes are always compared, so that the time tells nothing about which one failed.
    func admits(_ hash: [UInt8], now: Instant) -> Bool {
        let isCurrent = ConstantTime.equal(hash, secretHash)
        let isPrevious = ConstantTime.equal(hash, previousHash ?? [UInt8](repeating: 0, count: hash.count))
        if isCurrent { return true }
        guard isPrevious, previousHash != nil, let previousExpiresAt else { return false }
        return now < previousExpiresAt
    }
}

/// The text that a client sends: `dsk_<id>_<secret>`.
public enum APIKeyToken {
    static let prefix = "dsk_"
    private static let secretBytes = 32

    /// A new random secret: 32 bytes as URL-safe base 64.
    static func makeSecret() -> String { Base64.encode(SecureRandom.bytes(secretBytes), .urlSafe) }

    static func hash(_ secret: some StringProtocol) -> [UInt8] { Digest.sha256(Array(secret.utf8)) }

    static func text(_ id: APIKeyID, _ secret: String) -> String { "\(prefix)\(id.text.dropFirst(4))_\(secret)" }

    /// - Returns: `nil` for anything that cannot be a key.
    static func parse(_ text: some StringProtocol) -> (id: APIKeyID, secret: String)? {
        guard text.utf8.count <= 128, text.hasPrefix(prefix) else { return nil }
        let parts = text.dropFirst(prefix.count).split(separator: "_", maxSplits: 1)
        guard parts.count == 2, let id = APIKeyID(text: "key_" + parts[0]) else { return nil }
        return (id, String(parts[1]))
    }
}
