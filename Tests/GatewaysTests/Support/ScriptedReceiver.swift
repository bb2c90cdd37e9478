import Foundation
import Kernel
import Signing
import Synchronization

/// A web server on a plain socket that keeps what it was sent and answers as it was told: one answer a connection.
final class ScriptedReceiver: Sendable {
    struct Received: Sendable {
        let path: String
        let headers: [String: String]
        let body: [UInt8]

        func isSigned(by secret: String) -> Bool {
            guard let secret = WebhookSecret(text: secret) else { return false }
            do {
                try WebhookSignature.verify(
                    id: headers["webhook-id"], timestamp: headers["webhook-timestamp"],
                    signature: headers["webhook-signature"], body: body, secrets: [secret], now: SystemClock().now)
                return true
            } catch {
                return false
            }
        }
    }

    private struct State {
        var received: [Received] = []
        var answers: [String] = []
        var standard = "204 No Content\r\n"
        var lingering: ClosedRange<UInt32>?
    }

    let port: Int
    private let descriptor: Int32
    private let state = Mutex(State())

    init() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 && listen(descriptor, 256) == 0
                    && getsockname(descriptor, address, &length) == 0
            }
        }
        guard status else { throw Fault("receiver_not_listening", retryable: false, "errno \(errno)") }
        self.descriptor = descriptor
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread.detachNewThread { [self] in serve() }
    }

    var received: [Received] { state.withLock { $0.received } }

    /// Answers the next requests with these, then again with the standard answer. For example `410 Gone\r\n`; further
    /// header lines may follow, each with its line end. An answer with an empty line in it has its own body.
    func answerNext(_ answers: String...) { state.withLock { $0.answers += answers } }

    func answerAlways(_ answer: String) { state.withLock { $0.standard = answer } }

    /// Hangs up some microseconds after each answer instead of at once.
    func linger(microseconds range: ClosedRange<UInt32>) { state.withLock { $0.lingering = range } }

    func close() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    private func serve() {
        while true {
            let connection = accept(descriptor, nil, nil)
            guard connection >= 0 else { break }
            Thread.detachNewThread { [self] in
                if let request = read(connection) { answer(connection, request) }
                Foundation.close(connection)
            }
        }
        Foundation.close(descriptor)
    }

    private func answer(_ connection: Int32, _ request: Received) {
        let answer = state.withLock { state in
            state.received.append(request)
            return state.answers.isEmpty ? state.standard : state.answers.removeFirst()
        }
        let rest = answer.contains("\r\n\r\n") ? "" : "content-length: 0\r\nconnection: close\r\n\r\n"
        let text = Array("HTTP/1.1 \(answer)\(rest)".utf8)
        _ = send(connection, text, text.count, Int32(MSG_NOSIGNAL))
        if let lingering = state.withLock({ $0.lingering }) { usleep(.random(in: lingering)) }
        shutdown(connection, Int32(SHUT_WR))
    }

    private func read(_ connection: Int32) -> Received? {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let end = Array("\r\n\r\n".utf8)
        while true {
            if let headEnd = bytes.firstRange(of: end) {
                let lines = String(decoding: bytes[..<headEnd.lowerBound], as: UTF8.self)
                    .split(separator: "\r\n").map(String.init)
                var headers: [String: String] = [:]
                for line in lines.dropFirst() {
                    let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
                    if parts.count == 2 { headers[parts[0].lowercased()] = parts[1] }
                }
                let length = headers["content-length"].flatMap { Int($0) } ?? 0
                let body = bytes[headEnd.upperBound...]
                if body.count >= length {
                    let path = lines[0].split(separator: " ").dropFirst().first.map(String.init) ?? ""
                    return Received(path: path, headers: headers, body: Array(body))
                }
            }
            let count = recv(connection, &chunk, chunk.count, 0)
            guard count > 0 else { return nil }
            bytes += chunk[..<count]
        }
    }
}
