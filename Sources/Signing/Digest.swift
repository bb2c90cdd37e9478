import CCrypto

/// The digests of FIPS 180-4 that the system uses.
public enum Digest {
    /// SHA-256.
    ///
    /// - Returns: 32 bytes.
    /// - Complexity: O(bytes).
    /// - Source: FIPS 180-4, section 6.2.
    public static func sha256(_ bytes: some Collection<UInt8>) -> [UInt8] {
        withContiguousBytes(bytes) { input in
            [UInt8](unsafeUninitializedCapacity: Int(SHA256_DIGEST_LENGTH)) { output, count in
                let written = SHA256(input.baseAddress, input.count, output.baseAddress)
                precondition(written != nil, "SHA-256 of \(input.count) bytes failed")
                count = Int(SHA256_DIGEST_LENGTH)
            }
        }
    }

    /// SHA-256 as 64 lowercase hexadecimal digits.
    public static func sha256Hexadecimal(_ bytes: some Collection<UInt8>) -> String {
        Hexadecimal.encode(sha256(bytes))
    }
}

/// Message authentication with a shared key.
public enum MessageAuthentication {
    /// HMAC-SHA256.
    ///
    /// - Returns: 32 bytes.
    /// - Complexity: O(message + key).
    /// - Source: RFC 2104; test vectors in RFC 4231.
    public static func hmacSHA256(_ message: some Collection<UInt8>, key: some Collection<UInt8>) -> [UInt8] {
        withContiguousBytes(key) { key in
            withContiguousBytes(message) { message in
                [UInt8](unsafeUninitializedCapacity: Int(SHA256_DIGEST_LENGTH)) { output, count in
                    var length: UInt32 = 0
                    let written = HMAC(
                        EVP_sha256(), key.baseAddress, Int32(key.count), message.baseAddress, message.count,
                        output.baseAddress, &length)
                    precondition(
                        written != nil && length == UInt32(SHA256_DIGEST_LENGTH),
                        "HMAC of \(message.count) bytes gave \(length)")
                    count = Int(length)
                }
            }
        }
    }
}

/// Gives C a pointer that is never null, also for nothing.
func withContiguousBytes<Result>(
    _ bytes: some Collection<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Result
) -> Result {
    let fast: Result? = bytes.withContiguousStorageIfAvailable { buffer in
        if buffer.baseAddress != nil { return body(buffer) }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 1) { empty in
            body(UnsafeBufferPointer(start: empty.baseAddress, count: 0))
        }
    }
    if let fast { return fast }
    // One byte more than needed, so that an empty array has an address too.
    let copy = Array(bytes) + [0]
    return copy.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0.dropLast())) }
}
