import AsyncHTTPClient
import Foundation
import Kernel
import NIOCore
import NIOSSL
import Synchronization

/// Calls a cluster: another node when one does not answer, again after a pause when it is busy, never past the time-out.
final class SearchCalls: Sendable {
    struct Answer {
        let status: Int
        let body: JSONValue

        var isSuccess: Bool { (200..<300).contains(status) }
        /// Of the server's error; empty when it told none.
        var errorType: String { body["error"]?["type"]?.string ?? "" }
        var reason: String {
            let error = body["error"]
            return error?["reason"]?.string ?? error?.string ?? "status \(status)"
        }
    }

    let server: SearchServer
    private let client: HTTPClient
    private let authorization: String?
    private let state: Mutex<State>

    private struct State {
        var node = 0
        var jitter: SeededGenerator
    }

    /// An answer may hold a page of whole documents.
    private static let answerBytesMax = 64 << 20

    /// - Throws: `file_unusable` when the file of the authorities holds no certificates.
    init(_ server: SearchServer, seed: UInt64) throws(Fault) {
        self.server = server
        var configuration = HTTPClient.Configuration(
            timeout: .init(connect: .milliseconds(min(2000, server.timeout.inMilliseconds))))
        // A node that refuses is an answer: the next one is asked.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.redirectConfiguration = .disallow
        if let file = server.authorities { configuration.tlsConfiguration = try Self.trusting(file) }
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        switch server.credentials {
        case .none: authorization = nil
        case .apiKey(let key): authorization = "ApiKey \(key)"
        case .basic(let user, let password):
            authorization = "Basic \(Data("\(user):\(password)".utf8).base64EncodedString())"
        }
        state = Mutex(State(jitter: SeededGenerator(seed: seed)))
    }

    /// Trusts the authorities of a file, and no others.
    private static func trusting(_ file: String) throws(Fault) -> TLSConfiguration {
        do {
            let certificates = try NIOSSLCertificate.fromPEMFile(file)
            guard !certificates.isEmpty else {
                throw Fault("file_unusable", retryable: false, "\(file) holds no certificate")
            }
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .certificates(certificates)
            return tls
        } catch let fault as Fault {
            throw fault
        } catch {
            throw Fault("file_unusable", retryable: false, "\(file) holds no certificates: \(error)")
        }
    }

    func close() async {
        do {
            try await client.shutdown()
        } catch {
            // It was closed before; there is nothing left to let go of.
        }
    }

    /// - Parameter body: JSON, or lines of JSON; `nil` for none.
    /// - Returns: any answer but 429, 502, 503 and 504, which are tried again.
    /// - Throws: `search_unavailable`, `search_overloaded`.
    func call(
        _ method: String, _ path: String, _ body: [UInt8]? = nil, isLines: Bool = false
    ) async throws(Fault) -> Answer {
        let deadline = ContinuousClock.now + server.timeout
        var last = Fault("search_unavailable", retryable: true, "no node was called")
        for attempt in 0..<server.tries {
            if attempt >= server.nodes.count || last.code == "search_overloaded" {
                try await pause(attempt, until: deadline, last)
            }
            do throws(Fault) {
                let answer = try await once(method, path, body, isLines, until: deadline)
                guard [429, 502, 503, 504].contains(answer.status) else { return answer }
                // A disk that is full answers 429 too; trying again at once does not empty it.
                if answer.errorType == "cluster_block_exception" { return answer }
                last = Fault(
                    answer.status == 429 ? "search_overloaded" : "search_unavailable", retryable: true,
                    "\(method) \(path): \(answer.status) \(answer.reason)")
            } catch {
                last = error
            }
            if ContinuousClock.now >= deadline { break }
        }
        throw last
    }

    /// Twice as long each time, and never as long as others who were told to wait at the same moment.
    private func pause(_ attempt: Int, until deadline: ContinuousClock.Instant, _ last: Fault) async throws(Fault) {
        let end = ContinuousClock.now + pauseLength(attempt)
        guard end < deadline else { throw last }
        try await wait(until: end)
    }

    /// Waits before a part of a bulk request is made again.
    func pause(_ attempt: Int) async throws(Fault) { try await wait(until: ContinuousClock.now + pauseLength(attempt)) }

    private func pauseLength(_ attempt: Int) -> Duration {
        let longest = 100 << min(attempt, 6)
        return .milliseconds(state.withLock { Int.random(in: longest / 2...longest, using: &$0.jitter) })
    }

    private func wait(until end: ContinuousClock.Instant) async throws(Fault) {
        do {
            try await Task.sleep(until: end)
        } catch {
            throw Fault("search_unavailable", retryable: true, "the call was cancelled")
        }
    }

    private func once(
        _ method: String, _ path: String, _ body: [UInt8]?, _ isLines: Bool, until deadline: ContinuousClock.Instant
    ) async throws(Fault) -> Answer {
        let node = state.withLock { server.nodes[$0.node % server.nodes.count] }
        var request = HTTPClientRequest(url: node + path)
        request.method = .RAW(value: method)
        request.headers.add(name: "accept", value: "application/json")
        if let authorization { request.headers.add(name: "authorization", value: authorization) }
        if let body {
            request.headers.add(name: "content-type", value: isLines ? "application/x-ndjson" : "application/json")
            request.body = .bytes(ByteBuffer(bytes: body))
        }
        let left = ContinuousClock.now.duration(to: deadline)
        do {
            let response = try await client.execute(
                request, timeout: .milliseconds(max(1, left.inMilliseconds)))
            let bytes = try await Self.bytes(of: response, until: deadline)
            return Answer(status: Int(response.status.code), body: bytes.isEmpty ? .null : Self.json(bytes))
        } catch {
            // The next call goes to the next node.
            state.withLock { $0.node = ($0.node + 1) % server.nodes.count }
            throw Fault("search_unavailable", retryable: true, "\(method) \(node)\(path): \(error)")
        }
    }

    /// The client's own time-out ends with the head of an answer; a body may never end.
    private static func bytes(
        of response: HTTPClientResponse, until deadline: ContinuousClock.Instant
    ) async throws -> [UInt8] {
        try await withThrowingTaskGroup(of: [UInt8]?.self) { group in
            group.addTask {
                Array(try await response.body.collect(upTo: Self.answerBytesMax).readableBytesView)
            }
            group.addTask {
                try await Task.sleep(until: deadline)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let bytes = first else {
                throw Fault("search_unavailable", retryable: true, "the answer does not end")
            }
            return bytes
        }
    }

    /// What is no JSON (a proxy's page) tells nothing.
    private static func json(_ bytes: [UInt8]) -> JSONValue {
        do throws(JSONSyntaxError) { return try JSONValue(parsing: bytes) } catch { return .null }
    }
}
