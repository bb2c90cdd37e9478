import CCrypto

/// Randomness that nobody can foresee: for keys, tokens, secrets and trace ids. The only source of it in the system;
/// everything else is handed a generator.
///
/// A generator that cannot be seeded stops the program: there is no safe way to go on without one.
public struct SecureRandom: RandomNumberGenerator, Sendable {
    public init() {}

    /// 64 bits from the operating system's generator by way of OpenSSL.
    public func next() -> UInt64 {
        Self.bytes(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// - Parameter count: 1 or more.
    /// - Returns: bytes from the operating system's generator by way of OpenSSL.
    public static func bytes(_ count: Int) -> [UInt8] {
        precondition(count > 0, "\(count) random bytes")
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            let status = RAND_bytes(buffer.baseAddress, Int32(count))
            precondition(status == 1, "the system has no randomness: \(status)")
            initialized = count
        }
    }
}

/// Comparison of secrets.
public enum ConstantTime {
    /// Whether both are the same, in a time that depends on their lengths only.
    public static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        guard !left.isEmpty else { return true }
        return CRYPTO_memcmp(left, right, left.count) == 0
    }

    /// Whether both texts have the same bytes, in a time that depends on their lengths only.
    public static func equal(_ left: String, _ right: String) -> Bool {
        equal(Array(left.utf8), Array(right.utf8))
    }
}
