import HTTPAPI
import Hummingbird

/// Who may see the operations pages, until there are sessions: people at this machine, or everybody when the
/// configuration says so.
struct ConsoleAccess: Sendable {
    private let isOpen: Bool
    private let isBoundToLoopback: Bool

    init(host: String, openConsole: Bool) {
        isOpen = openConsole
        isBoundToLoopback = Self.isLoopback(host)
    }

    /// - Parameter authority: the request's `Host`. It must name this machine too: a proxy on this machine passes
    ///   requests of others on, and a foreign page could have its own name resolve to 127.0.0.1.
    func admits(authority: String?) -> Bool {
        isOpen || isBoundToLoopback && authority.map(Self.isLoopbackAuthority) ?? false
    }

    private static func isLoopbackAuthority(_ authority: String) -> Bool {
        if authority.hasPrefix("[") { return authority.prefix { $0 != "]" } == "[::1" }
        return isLoopback(String(authority.prefix { $0 != ":" }))
    }

    private static func isLoopback(_ host: String) -> Bool {
        let host = host.lowercased()
        if host == "localhost" || host == "::1" || host == "[::1]" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.first == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
