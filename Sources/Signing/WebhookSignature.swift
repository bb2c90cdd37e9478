import Kernel

/// Signing and verifying of messages over HTTP, so that a receiver knows who sent them and when.
///
/// - Source: Standard Webhooks, "Signature scheme".
public enum WebhookSignature {
    public static let idHeader = "webhook-id"
    public static let timestampHeader = "webhook-timestamp"
    public static let signatureHeader = "webhook-signature"
    /// How far the signature's time may lie from the receiver's clock, in either direction.
    public static let tolerance = Duration.seconds(300)
    /// More signatures in one header than any rotation of keys needs: what is beyond is not looked at.
    static let signaturesMax = 16

    /// The value of `webhook-signature`: one `v1,…` per secret, the newest first, while secrets rotate.
    ///
    /// - Parameters:
    ///   - id: the message's, the same over all tries.
    ///   - timestamp: of this try, whole seconds since 1970.
    ///   - secrets: at least one.
    public static func sign(
        id: String, timestamp: Int64, body: some Collection<UInt8>, secrets: [WebhookSecret]
    ) -> String {
        precondition(!secrets.isEmpty, "message \(id) has no secret to be signed with")
        let content = signedContent(id: id, timestamp: String(timestamp), body: body)
        return secrets.map { "v1," + Base64.encode(MessageAuthentication.hmacSHA256(content, key: $0.key)) }
            .joined(separator: " ")
    }

    /// Checks a message that was received.
    ///
    /// - Parameters:
    ///   - id: the header `webhook-id`, `nil` when it is missing; likewise `timestamp` and `signature`.
    ///   - body: exactly the bytes that came.
    ///   - secrets: those that are valid now, more than one while they rotate.
    ///   - now: the receiver's clock.
    /// - Throws: ``WebhookRejection``, checked in the order of its cases, but for `replayedElsewhere`.
    public static func verify(
        id: String?, timestamp: String?, signature: String?, body: some Collection<UInt8>, secrets: [WebhookSecret],
        now: Instant
    ) throws(WebhookRejection) {
        guard let id, !id.isEmpty, let timestamp, let signature else { throw .headersMissing }
        guard timestamp.utf8.count <= 12, let seconds = Int64(timestamp), seconds >= 0 else {
            throw .timestampMalformed
        }
        let age = now - Instant(milliseconds: seconds * 1000)
        // A second more on both sides, since the header has whole seconds only.
        if age >= tolerance + .seconds(1) { throw .timestampTooOld }
        if age <= .zero - tolerance - .seconds(1) { throw .timestampTooNew }
        let content = signedContent(id: id, timestamp: timestamp, body: body)
        let expected = secrets.map { MessageAuthentication.hmacSHA256(content, key: $0.key) }
        for candidate in signature.split(separator: " ").prefix(signaturesMax) where candidate.hasPrefix("v1,") {
            guard let given = Base64.decode(candidate.dropFirst(3)) else { continue }
            for code in expected where ConstantTime.equal(code, given) { return }
        }
        throw .signatureWrong
    }

    /// What a signature covers.
    public static func signedContent(id: String, timestamp: String, body: some Collection<UInt8>) -> [UInt8] {
        var content: [UInt8] = []
        content.reserveCapacity(id.utf8.count + timestamp.utf8.count + 2 + body.count)
        content.append(contentsOf: id.utf8)
        content.append(UInt8(ascii: "."))
        content.append(contentsOf: timestamp.utf8)
        content.append(UInt8(ascii: "."))
        content.append(contentsOf: body)
        return content
    }
}

/// Why a webhook message is not believed. Whether it was replayed elsewhere only the receiver knows.
public enum WebhookRejection: Rejection {
    case headersMissing
    case timestampMalformed
    case timestampTooOld
    case timestampTooNew
    case signatureWrong
    case replayedElsewhere

    public var code: String {
        switch self {
        case .headersMissing: "webhook_headers_missing"
        case .timestampMalformed: "webhook_timestamp_malformed"
        case .timestampTooOld: "webhook_timestamp_too_old"
        case .timestampTooNew: "webhook_timestamp_too_new"
        case .signatureWrong: "webhook_signature_wrong"
        case .replayedElsewhere: "webhook_replayed"
        }
    }

    public var detail: String {
        switch self {
        case .headersMissing: "webhook-id, webhook-timestamp and webhook-signature are required."
        case .timestampMalformed: "webhook-timestamp must be whole seconds since 1970."
        case .timestampTooOld: "webhook-timestamp lies more than 5 minutes in the past."
        case .timestampTooNew: "webhook-timestamp lies more than 5 minutes in the future."
        case .signatureWrong: "No v1 signature matches the message."
        case .replayedElsewhere: "This very message was sent before, about another shipment."
        }
    }
}
