import Foundation
import Synchronization
import Testing

/// A way to a server that can be cut off without a word: connections stay open, more are taken, and nothing goes through
/// until it is open again.
final class Gate: Sendable {
    let port: Int
    private let listener: Int32
    private let target: UInt16
    private let isCut = Atomic(false)
    private let isClosed = Atomic(false)
    private let sockets = Mutex<[Int32]>([])

    /// - Parameters:
    ///   - host: an address of this machine to listen on.
    ///   - target: the server's port on 127.0.0.1.
    init(on host: String = "127.0.0.1", to target: Int) throws {
        self.target = UInt16(target)
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        inet_pton(AF_INET, host, &address.sin_addr)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = listener
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 && listen(descriptor, 256) == 0
                    && getsockname(descriptor, address, &length) == 0
            }
        }
        try #require(isListening, "\(host): \(String(cString: strerror(errno)))")
        port = Int(in_port_t(bigEndian: address.sin_port))
        Thread.detachNewThread { [self] in accept() }
    }

    func cut() { isCut.store(true, ordering: .releasing) }
    func open() { isCut.store(false, ordering: .releasing) }

    /// Ends all connections and takes no more.
    func close() {
        isClosed.store(true, ordering: .releasing)
        shutdown(listener, Int32(SHUT_RDWR))
        for descriptor in sockets.withLock({ $0 }) { shutdown(descriptor, Int32(SHUT_RDWR)) }
    }

    private func accept() {
        while true {
            let client = Glibc.accept(listener, nil, nil)
            guard client >= 0 else { break }
            sockets.withLock { $0.append(client) }
            Thread.detachNewThread { [self] in
                waitUntilOpen()
                let server = connect()
                guard server >= 0 else {
                    shutdown(client, Int32(SHUT_RDWR))
                    return
                }
                sockets.withLock { $0.append(server) }
                Thread.detachNewThread { [self] in pass(from: server, to: client) }
                pass(from: client, to: server)
            }
        }
        Foundation.close(listener)
    }

    private func connect() -> Int32 {
        let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = target.bigEndian
        inet_pton(AF_INET, "127.0.0.1", &address.sin_addr)
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                Glibc.connect(server, address, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        if isConnected { return server }
        Foundation.close(server)
        return -1
    }

    /// Sockets are closed with the process: a number that was given out anew must not be shut down by ``close()``.
    private func pass(from source: Int32, to sink: Int32) {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(source, &chunk, chunk.count, 0)
            waitUntilOpen()
            guard count > 0 else { break }
            var sent = 0
            while sent < count {
                let more = chunk[sent..<count].withUnsafeBytes {
                    send(sink, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard more > 0 else { break }
                sent += more
            }
            if sent < count { break }
        }
        shutdown(sink, Int32(SHUT_RDWR))
        shutdown(source, Int32(SHUT_RDWR))
    }

    private func waitUntilOpen() {
        while isCut.load(ordering: .acquiring), !isClosed.load(ordering: .acquiring) { poll(nil, 0, 10) }
    }
}
