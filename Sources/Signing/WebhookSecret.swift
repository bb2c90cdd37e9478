/// A key that a sender and a receiver of webhooks share.
///
/// - Source: Standard Webhooks, "Signature scheme" (base 64 with the prefix `whsec_`, 24 to 64 random bytes).
public struct WebhookSecret: Sendable, Equatable {
    public static let prefix = "whsec_"

    /// The key itself.
    let key: [UInt8]

    /// Reads a secret with its prefix or without, padded or not.
    ///
    /// - Returns: `nil` when it is empty or no base 64.
    public init?(text: some StringProtocol) {
        let encoded = text.hasPrefix(Self.prefix) ? text.dropFirst(Self.prefix.count) : text[...]
        guard let key = Base64.decode(encoded), !key.isEmpty else { return nil }
        self.key = key
    }

    private init(key: [UInt8]) { self.key = key }

    /// A new secret of 32 random bytes.
    public static func random() -> WebhookSecret { WebhookSecret(key: SecureRandom.bytes(32)) }

    /// `whsec_…`, as it is shown once to whoever owns the endpoint.
    public var text: String { Self.prefix + Base64.encode(key) }
}

/// A secret stays out of logs.
extension WebhookSecret: CustomStringConvertible, CustomDebugStringConvertible {
    public var description: String { "whsec_…" }
    public var debugDescription: String { description }
}
