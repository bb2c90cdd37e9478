import NIOCore

/// Whom a rate limit counts: an IPv4 address, or the network of an IPv6 address, since one customer has all of a /64.
enum ClientAddress {
    /// - Returns: an empty text for a request without a network connection.
    static func key(_ address: SocketAddress?) -> String {
        guard case .v6(let address)? = address else { return address?.ipAddress ?? "" }
        let bytes = withUnsafeBytes(of: address.address.sin6_addr) { Array($0) }
        let isMapped = bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] == 0xff && bytes[11] == 0xff
        if isMapped { return bytes.suffix(4).map(String.init).joined(separator: ".") }
        return bytes.prefix(8).map(String.init).joined(separator: ":")
    }
}
