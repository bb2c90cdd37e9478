import Kernel

/// Where a broker is and how to speak to it: `scheme://user:password@host:port,host:port/path?key=value&…`.
///
/// - Source: RFC 3986, with several authorities as the URLs of libpq have them.
public struct BrokerURL: Sendable, Equatable {
    public let scheme: String
    public let user: String?
    public let password: String?
    /// `host` or `host:port`, one or more.
    public let hosts: [String]
    /// Without the slash; empty when there is none.
    public let path: String
    /// In the order of the URL.
    public let settings: [(name: String, value: String)]

    public static func == (left: Self, right: Self) -> Bool {
        left.scheme == right.scheme && left.user == right.user && left.password == right.password
            && left.hosts == right.hosts && left.path == right.path
            && left.settings.elementsEqual(right.settings) { $0 == $1 }
    }

    /// - Throws: `broker_url_invalid`, which names no password.
    public init(_ text: String) throws(Fault) {
        guard let colon = text.firstRange(of: "://") else { throw Self.invalid("there is no scheme://") }
        scheme = String(text[..<colon.lowerBound])
        var rest = text[colon.upperBound...]
        var settings: [(name: String, value: String)] = []
        if let mark = rest.firstIndex(of: "?") {
            for pair in rest[rest.index(after: mark)...].split(separator: "&") {
                guard let equals = pair.firstIndex(of: "="), equals > pair.startIndex else {
                    throw Self.invalid("a setting is name=value")
                }
                settings.append(
                    (
                        try Self.decoded(pair[..<equals]), try Self.decoded(pair[pair.index(after: equals)...])
                    ))
            }
            rest = rest[..<mark]
        }
        self.settings = settings
        if let slash = rest.firstIndex(of: "/") {
            path = try Self.decoded(rest[rest.index(after: slash)...])
            rest = rest[..<slash]
        } else {
            path = ""
        }
        if let at = rest.lastIndex(of: "@") {
            let parts = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            user = try Self.decoded(parts[0])
            password = parts.count > 1 ? try Self.decoded(parts[1]) : nil
            rest = rest[rest.index(after: at)...]
        } else {
            user = nil
            password = nil
        }
        let hosts = rest.split(separator: ",", omittingEmptySubsequences: false).map { String($0) }
        guard !hosts.contains(where: \.isEmpty) else { throw Self.invalid("there is no host") }
        self.hosts = hosts
    }

    /// What cannot be used, without its values.
    public static func invalid(_ reason: String) -> Fault {
        Fault("broker_url_invalid", retryable: false, reason)
    }

    private static func decoded(_ text: Substring) throws(Fault) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst(), let low = rest.popFirst(),
                let value = UInt8(String(decoding: [high, low], as: UTF8.self), radix: 16)
            else { throw invalid("a % is followed by two digits") }
            bytes.append(value)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
