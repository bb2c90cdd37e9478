import Kernel

/// A hash that is the same in every process: what chance decides about a reference must not depend on anything else.
///
/// - Source: FNV-1a, 64 bits; finished with SplitMix64, since FNV's high bits are weak for short texts.
enum StableHash {
    static func of(_ text: String, seed: UInt64) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325 ^ seed
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        var generator = SeededGenerator(seed: hash)
        return generator.next()
    }

    /// 13 characters that tell 64-bit numbers apart: digits and capital letters.
    static func text(_ value: UInt64) -> String {
        let digits = String(value, radix: 32, uppercase: true)
        return String(repeating: "0", count: 13 - digits.utf8.count) + digits
    }
}
