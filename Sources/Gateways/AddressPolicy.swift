import Foundation

/// An IP address as its bytes: 4 or 16.
struct IPAddress: Sendable, Hashable {
    let bytes: [UInt8]

    /// The text that a connection can be made to, without brackets.
    let text: String

    /// - Returns: `nil` when the text is no address in its usual form.
    init?(_ text: String) {
        var four = in_addr()
        var six = in6_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            bytes = withUnsafeBytes(of: &four) { Array($0) }
        } else if inet_pton(AF_INET6, text, &six) == 1 {
            bytes = withUnsafeBytes(of: &six) { Array($0) }
        } else {
            return nil
        }
        self.text = text
    }
}

/// Which addresses a customer's webhook may reach: those of the public Internet, none of ours.
///
/// - Source: the special-purpose registries of IANA (RFC 6890), and Standard Webhooks, "Server side request forgery".
enum AddressPolicy {
    private struct Block {
        let prefix: [UInt8]
        let bits: Int

        init(_ text: String, _ bits: Int) {
            guard let address = IPAddress(text) else { preconditionFailure("no address: \(text)") }
            prefix = address.bytes
            self.bits = bits
        }

        func contains(_ bytes: ArraySlice<UInt8>) -> Bool {
            guard bytes.count == prefix.count else { return false }
            let whole = bits / 8
            guard bytes.prefix(whole).elementsEqual(prefix.prefix(whole)) else { return false }
            let rest = bits % 8
            guard rest > 0 else { return true }
            let mask = UInt8(truncatingIfNeeded: 0xFF << (8 - rest))
            return bytes[bytes.startIndex + whole] & mask == prefix[whole] & mask
        }
    }

    private static let special = [
        Block("0.0.0.0", 8), Block("10.0.0.0", 8), Block("100.64.0.0", 10), Block("127.0.0.0", 8),
        Block("169.254.0.0", 16), Block("172.16.0.0", 12), Block("192.0.0.0", 24), Block("192.0.2.0", 24),
        Block("192.88.99.0", 24), Block("192.168.0.0", 16), Block("198.18.0.0", 15), Block("198.51.100.0", 24),
        Block("203.0.113.0", 24), Block("224.0.0.0", 4), Block("240.0.0.0", 4),
        Block("::", 96), Block("64:ff9b:1::", 48), Block("100::", 64), Block("2001::", 23), Block("2001:db8::", 32),
        Block("3fff::", 20), Block("5f00::", 16), Block("fc00::", 7), Block("fe80::", 10), Block("fec0::", 10),
        Block("ff00::", 8),
    ]

    /// Blocks of IPv6 that carry an IPv4 address, and where it begins.
    private static let carrying = [
        (Block("::ffff:0:0", 96), 12), (Block("64:ff9b::", 96), 12), (Block("2002::", 16), 2),
    ]

    /// - Complexity: O(blocks).
    static func isPublic(_ address: IPAddress) -> Bool {
        let bytes = address.bytes[...]
        for (block, offset) in carrying where block.contains(bytes) {
            return !special.contains { $0.contains(bytes[offset..<(offset + 4)]) }
        }
        return !special.contains { $0.contains(bytes) }
    }
}

/// Asks the system for the addresses of a name.
enum NameResolution {
    /// Blocks; never call it on Swift's cooperative pool.
    ///
    /// - Parameter host: a name or an address, without brackets.
    /// - Returns: at least one address in the system's order of preference, or why there is none.
    static func addresses(of host: String) -> Result<[IPAddress], ResolutionFailure> {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, nil, &hints, &list)
        guard status == 0 else { return .failure(ResolutionFailure(reason: String(cString: gai_strerror(status)))) }
        defer { freeaddrinfo(list) }
        var found: [IPAddress] = []
        var entry = list
        while let current = entry {
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let named = getnameinfo(
                current.pointee.ai_addr, current.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0,
                NI_NUMERICHOST)
            let characters = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            // A scope (`%eth0`) is no part of the address that is checked, and only link-local ones have it.
            let plain = String(decoding: characters.prefix { $0 != UInt8(ascii: "%") }, as: UTF8.self)
            if named == 0, let address = IPAddress(plain), !found.contains(address) { found.append(address) }
            entry = current.pointee.ai_next
        }
        return found.isEmpty ? .failure(ResolutionFailure(reason: "no address")) : .success(found)
    }
}

struct ResolutionFailure: Error, Sendable {
    let reason: String
}
