import Foundation
import Kernel

/// One connection of a benchmark's client, blocking and kept alive: so little work that the server is measured, not it.
final class HTTPSocket {
    private let descriptor: Int32
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)

    /// - Throws: `not_listening`.
    init(port: Int) throws(Fault) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var yes: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Fault("not_listening", retryable: true, "127.0.0.1:\(port)") }
    }

    deinit { close(descriptor) }

    /// Sends a request and reads the whole answer.
    ///
    /// - Returns: the status.
    /// - Throws: `connection_lost`, `malformed_answer`.
    func exchange(_ request: [UInt8]) throws(Fault) -> Int {
        var sent = 0
        while sent < request.count {
            let count = request.withUnsafeBytes { bytes in
                send(
                    descriptor, bytes.baseAddress?.advanced(by: sent), bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Fault("connection_lost", retryable: true, "sending") }
            sent += count
        }
        var received = 0
        while true {
            let count = buffer.withUnsafeMutableBytes { bytes in
                recv(descriptor, bytes.baseAddress?.advanced(by: received), bytes.count - received, 0)
            }
            guard count > 0 else { throw Fault("connection_lost", retryable: true, "receiving") }
            received += count
            if let status = try status(ofAnswer: buffer[..<received]) { return status }
            guard received < buffer.count else { throw Fault("malformed_answer", retryable: false, "too long") }
        }
    }

    private static let end = Array("\r\n\r\n".utf8)

    /// - Returns: `nil` while it is not complete.
    private func status(ofAnswer bytes: ArraySlice<UInt8>) throws(Fault) -> Int? {
        guard let head = bytes.firstRange(of: Self.end) else { return nil }
        let lines = bytes[..<head.lowerBound].split(separator: UInt8(ascii: "\n"))
        guard let status = lines.first?.split(separator: UInt8(ascii: " ")).dropFirst().first.map(Self.number),
            let length = lines.first(where: Self.isContentLength).map({ Self.number($0.dropFirst(Self.length.count)) })
        else {
            throw Fault("malformed_answer", retryable: false, String(decoding: bytes.prefix(200), as: UTF8.self))
        }
        return bytes.count - head.upperBound >= length ? status : nil
    }

    private static let length = Array("content-length:".utf8)

    private static func isContentLength(_ line: ArraySlice<UInt8>) -> Bool {
        line.count > length.count && zip(line, length).allSatisfy { $0 | 0x20 == $1 | 0x20 }
    }

    /// The digits of a text as a number.
    private static func number(_ text: ArraySlice<UInt8>) -> Int {
        text.reduce(0) { (48...57).contains($1) ? $0 * 10 + Int($1 - 48) : $0 }
    }
}
