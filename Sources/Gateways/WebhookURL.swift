import Kernel

/// A customer's URL taken apart so strictly that no two readers of it can disagree about its host.
public struct WebhookURL: Sendable, Equatable {
    public let isEncrypted: Bool
    /// Lowercase; a name, an IPv4 address, or an IPv6 address without brackets.
    public let host: String
    public let port: Int
    /// Path and query; begins with a slash.
    public let target: String

    /// Reads `http://` and `https://` URLs.
    ///
    /// - Returns: `nil` for user names, fragments, hosts with characters beyond letters, digits, dots and hyphens,
    ///   ports beyond 1–65535, and paths with anything but visible ASCII.
    /// - Source: RFC 3986, a subset.
    public init?(_ text: String) {
        guard text.utf8.count <= 2_048, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        let rest: Substring
        if text.lowercased().hasPrefix("https://") {
            isEncrypted = true
            rest = text.dropFirst(8)
        } else if text.lowercased().hasPrefix("http://") {
            isEncrypted = false
            rest = text.dropFirst(7)
        } else {
            return nil
        }
        guard !rest.contains(where: { #"#\"<>^`{|}"#.contains($0) }) else { return nil }
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        let path = rest[end...]
        target = path.hasPrefix("/") ? String(path) : "/" + path
        guard let (host, port) = Self.authority(rest[..<end]) else { return nil }
        self.host = host
        self.port = port ?? (isEncrypted ? 443 : 80)
    }

    private static func authority(_ text: Substring) -> (String, Int?)? {
        var host = text
        var portText: Substring?
        if text.hasPrefix("[") {
            guard let close = text.firstIndex(of: "]") else { return nil }
            host = text[text.index(after: text.startIndex)..<close]
            let after = text[text.index(after: close)...]
            if !after.isEmpty {
                guard after.hasPrefix(":") else { return nil }
                portText = after.dropFirst()
            }
            guard let address = IPAddress(String(host)), address.bytes.count == 16 else { return nil }
        } else {
            if let colon = text.firstIndex(of: ":") {
                host = text[..<colon]
                portText = text[text.index(after: colon)...]
            }
            guard isName(host) else { return nil }
        }
        guard let portText else { return (host.lowercased(), nil) }
        guard (1...5).contains(portText.utf8.count), portText.utf8.allSatisfy({ (48...57).contains($0) }),
            let port = Int(portText), (1...65_535).contains(port)
        else { return nil }
        return (host.lowercased(), port)
    }

    private static func isName(_ host: Substring) -> Bool {
        guard (1...253).contains(host.utf8.count) else { return false }
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        let allowed = { (byte: UInt8) in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || byte == UInt8(ascii: "-")
        }
        let areLabels = labels.allSatisfy { (1...63).contains($0.utf8.count) && $0.utf8.allSatisfy(allowed) }
        guard areLabels, let last = labels.last else { return false }
        // A host whose last label is a number must be an address in its usual form: `2130706433` and `0x7f.1` are
        // addresses to some readers and names to others (WHATWG URL, "ends in a number").
        let endsInNumber = last.utf8.allSatisfy { (48...57).contains($0) } || last.lowercased().hasPrefix("0x")
        return !endsInNumber || IPAddress(String(host)) != nil
    }

    /// The same URL in its plain form.
    public var text: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return "\(isEncrypted ? "https" : "http")://\(name):\(port)\(target)"
    }
}
