import Hummingbird
import Kernel
import Runtime
import Signing

extension IdempotencyKey {
    /// The key of a request.
    ///
    /// - Throws: 400 when it is missing or no 1–255 printable ASCII characters.
    /// - Source: draft-ietf-httpapi-idempotency-key-header, section 2. The draft writes the key in quotes; both forms
    ///   are the same key.
    static func read(
        _ headers: HTTPFields, client: APIKeyID, method: HTTPRequest.Method, path: String, body: [UInt8]
    ) throws(Problem) -> IdempotencyKey {
        guard let field = headers[.idempotencyKey] else {
            throw Problem(
                .idempotencyKeyMissing, "Every POST needs an Idempotency-Key, so that a repeated one does nothing.")
        }
        var key = Call.trimmed(field[...])
        if key.count >= 2, key.hasPrefix("\""), key.hasSuffix("\"") { key = key.dropFirst().dropLast() }
        guard (1...255).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw Problem(.idempotencyKeyMalformed, "An Idempotency-Key has 1 to 255 printable ASCII characters.")
        }
        var request = Array("\(method.rawValue) \(path)\n".utf8)
        request.append(contentsOf: body)
        return IdempotencyKey(client: client.rawValue, key: String(key), fingerprint: Digest.sha256(request))
    }

    /// A key for one element of a batch, so that each is done once even if the batch is repeated.
    func element(_ index: Int) -> IdempotencyKey {
        IdempotencyKey(client: client, key: "\(key)#\(index)", fingerprint: fingerprint)
    }
}

extension Problem {
    static let keyReused = Problem(
        .idempotencyKeyReused, "This Idempotency-Key was used for another request; a new request needs a new key.")
    static let keyInFlight = Problem(
        .idempotencyKeyInFlight, "A request with this Idempotency-Key is still being handled.", retryAfter: 1)
}
