import Foundation
import Kernel

/// Ports of this machine.
enum FreePort {
    /// A port that was free a moment ago.
    /// - Throws: `port_taken` when there is none.
    static func any() throws(Fault) -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        guard let port = bound(descriptor, host: "127.0.0.1", port: 0) else {
            throw Fault("port_taken", retryable: true, "no free port")
        }
        return port
    }

    /// - Parameter option: what names another port, for the message.
    /// - Throws: `port_taken` when somebody listens there already.
    static func check(_ port: Int, host: String, option: String) throws(Fault) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        guard bound(descriptor, host: host, port: port) != nil else {
            throw Fault(
                "port_taken", retryable: false,
                "\(host):\(port) is taken, perhaps by another Doorstep, or not allowed; choose another with \(option)")
        }
    }

    /// Waits until somebody accepts connections, for at most ten seconds.
    /// - Throws: `not_listening` after that.
    static func waitUntilOpen(_ port: Int, host: String) async throws {
        for _ in 0..<1000 {
            if connects(port, host: host) { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw Fault("not_listening", retryable: false, "\(host):\(port)")
    }

    private static func address(_ host: String, _ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        inet_pton(AF_INET, host == "localhost" ? "127.0.0.1" : host, &address.sin_addr)
        return address
    }

    private static func bound(_ descriptor: Int32, host: String, port: Int) -> Int? {
        var address = address(host, port)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        return withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                guard bind(descriptor, generic, length) == 0, getsockname(descriptor, generic, &length) == 0 else {
                    return nil
                }
                return Int(in_port_t(bigEndian: pointer.pointee.sin_port))
            }
        }
    }

    private static func connects(_ port: Int, host: String) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = address(host, port)
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, length) == 0 }
        }
    }
}
