import Foundation

/// Ports of 127.0.0.1.
public enum FreePort {
    /// One that was free a moment ago.
    ///
    /// - Throws: what the system says.
    public static func any() throws -> Int { try bound(to: 0) }

    /// The first of several in a row that were free a moment ago, from below those that the system gives to outgoing
    /// connections, so that none is taken by chance before a server asks for it.
    ///
    /// - Throws: what the system says of the last row.
    public static func first(ofRow count: Int) throws -> Int {
        let start = 20_000 + Int(ProcessInfo.processInfo.processIdentifier) * 7 % 9_000
        for port in stride(from: start, to: start + 1_000, by: count) {
            if (try? (0..<count).map { try bound(to: port + $0) }) != nil { return port }
        }
        return try bound(to: start)
    }

    private static func bound(to port: Int) throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        inet_pton(AF_INET, "127.0.0.1", &address.sin_addr)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(descriptor, generic, length) == 0 && getsockname(descriptor, generic, &length) == 0
            }
        }
        guard isBound else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        return Int(in_port_t(bigEndian: address.sin_port))
    }
}
