import Foundation
import Hummingbird
import Kernel
import Logging
import Testing

@testable import HTTPAPI

/// Over real sockets: whoever is slow is cut off, and holds nobody up meanwhile.
@Suite struct SlowClientTests {
    /// Runs the API on a port of its own.
    private func serving(
        _ configuration: APIConfiguration, _ body: @escaping @Sendable (Int, TestSystem) async throws -> Void
    ) async throws {
        let system = try await TestSystem()
        let services = APIServices(
            orders: system.services.orders, warehouse: system.services.warehouse, shipping: system.services.shipping,
            access: system.services.access, clock: system.clock, configuration: configuration)
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        let application = Application(
            router: router(services), server: configuration.serverBuilder,
            configuration: configuration.application(
                listeningOn: "127.0.0.1", port: 0,
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })),
            onServerRunning: { channel in
                continuation.yield(channel.localAddress?.port ?? 0)
                continuation.finish()
            },
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            group.addTask {
                var iterator = ports.makeAsyncIterator()
                try await body(try #require(await iterator.next()), system)
            }
            try await group.next()
            group.cancelAll()
        }
    }

    private var quick: APIConfiguration {
        APIConfiguration(bodyTimeout: .milliseconds(300), idleTimeout: .milliseconds(300), headerBytesMax: 4096)
    }

    @Test func aHeadThatTricklesIsCutOff() async throws {
        try await serving(quick) { port, _ in
            let connection = try RawConnection(port)
            try connection.send("GET /livez HTTP/1.1\r\nhost: a\r\n")
            let answer = try await connection.trickle("x-slow: 1\r\n")
            #expect(answer == "", "closed without an answer: nothing was asked yet")
        }
    }

    @Test func aConnectionWithoutARequestIsCutOff() async throws {
        try await serving(quick) { port, _ in
            let connection = try RawConnection(port)
            #expect(try await connection.trickle("") == "")
            // One that has asked something may stay as long again, and no longer.
            let second = try RawConnection(port)
            try second.send("GET /livez HTTP/1.1\r\nhost: a\r\n\r\n")
            #expect(try await second.trickle("").hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test func aBodyThatTricklesIsAnsweredAndCutOff() async throws {
        try await serving(quick) { port, system in
            let connection = try RawConnection(port)
            try connection.send(Self.head(system.token, length: 100_000))
            let answer = try await connection.trickle(" ")
            #expect(answer.hasPrefix("HTTP/1.1 408"), "\(answer)")
            #expect(answer.contains("request_timeout"))
        }
    }

    /// A body has one reader: a second one, of the answer's connection, would end the process.
    @Test func manyBodiesThatTrickleEndAndTheServerGoesOn() async throws {
        try await serving(quick) { port, system in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<40 {
                    group.addTask {
                        let connection = try RawConnection(port)
                        try connection.send(Self.head(system.token, length: 100_000))
                        let answer = try await connection.trickle(" ")
                        #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 408"), "\(answer)")
                    }
                }
                try await group.waitForAll()
            }
            let connection = try RawConnection(port)
            try connection.send("GET /livez HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
            #expect(try await connection.trickle("").hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test func aBodyThatIsTooLargeIsRefusedBeforeItHasCome() async throws {
        var configuration = quick
        configuration.bodyBytesMax = 1000
        configuration.bodyTimeout = .seconds(20)
        let used = configuration
        try await serving(used) { port, system in
            let connection = try RawConnection(port)
            try connection.send(Self.head(system.token, length: 100_000_000) + String(repeating: " ", count: 1001))
            let answer = try await connection.trickle("")
            #expect(answer.hasPrefix("HTTP/1.1 413"), "\(answer)")
        }
    }

    @Test func aHeadThatIsTooLargeIsRefused() async throws {
        try await serving(quick) { port, _ in
            let connection = try RawConnection(port)
            try connection.send(
                "GET /livez HTTP/1.1\r\nhost: a\r\nx-large: \(String(repeating: "a", count: 5000))\r\n\r\n")
            let answer = try await connection.trickle("")
            #expect(answer.hasPrefix("HTTP/1.1 400"), "\(answer)")
        }
    }

    @Test func manySlowClientsHoldNobodyUp() async throws {
        let patient = APIConfiguration(bodyTimeout: .seconds(20), idleTimeout: .seconds(20))
        try await serving(patient) { port, system in
            let slow = try (0..<200).map { _ in try RawConnection(port) }
            for connection in slow { try connection.send(Self.head(system.token, length: 100)) }
            let start = ContinuousClock.now
            for _ in 0..<20 {
                let connection = try RawConnection(port)
                try connection.send("GET /livez HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
                #expect(try await connection.trickle("").hasPrefix("HTTP/1.1 200"))
            }
            #expect(ContinuousClock.now - start < .seconds(10))
            for connection in slow { connection.close() }
        }
    }

    /// Whoever comes when all places are taken waits, and is served when somebody leaves.
    @Test func moreConnectionsThanAllowedWait() async throws {
        var limited = quick
        (limited.connectionsMax, limited.idleTimeout) = (4, .seconds(20))
        let used = limited
        try await serving(used) { port, _ in
            let request = "GET /livez HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"
            // A connection may be taken together with the last one that is allowed.
            let holders = try (0..<8).map { _ in try RawConnection(port) }
            let late = try RawConnection(port)
            try late.send(request)
            #expect(!late.hasAnswer(within: .milliseconds(300)))
            for holder in holders { holder.close() }
            #expect(try await late.trickle("").hasPrefix("HTTP/1.1 200"))
        }
    }

    /// A large answer of which nothing is taken does not wait for ever.
    @Test func whoTakesNothingOfAnAnswerIsCutOff() async throws {
        try await serving(quick) { port, _ in
            let connection = try RawConnection(port, receiveBuffer: 4096)
            // Answers pile up behind one another on the connection until no more fit.
            let request = "GET /openapi.yaml HTTP/1.1\r\nhost: a\r\n\r\n"
            try connection.send(String(repeating: request, count: 100))
            try await connection.waitUntilReset(sending: request)
        }
    }

    private static func head(_ token: String, length: Int) -> String {
        """
        POST /v1/products HTTP/1.1\r\nhost: a\r\nauthorization: Bearer \(token)\r\nidempotency-key: k\r\n\
        content-type: application/json\r\ncontent-length: \(length)\r\n\r\n
        """
    }
}

/// A socket without an HTTP client's manners.
private final class RawConnection: Sendable {
    private let descriptor: Int32

    /// - Parameter receiveBuffer: bytes that the system takes before anybody reads; `nil` leaves it to the system.
    init(_ port: Int, receiveBuffer: Int32? = nil) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        if var size = receiveBuffer {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        inet_pton(AF_INET, "127.0.0.1", &address.sin_addr)
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(connected == 0)
    }

    deinit { Glibc.close(descriptor) }

    func close() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    func hasAnswer(within limit: Duration) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, Int32(limit.inMilliseconds)) > 0
    }

    /// Sends now and then, reads nothing, and returns when the other side has ended the connection.
    func waitUntilReset(sending piece: String, within limit: Duration = .seconds(15)) async throws {
        let deadline = ContinuousClock.now + limit
        let bytes = Array(piece.utf8)
        while true {
            try #require(ContinuousClock.now < deadline, "still open")
            var entry = pollfd(fd: descriptor, events: Int16(POLLHUP), revents: 0)
            if poll(&entry, 1, 20) > 0, entry.revents & Int16(POLLHUP | POLLERR) != 0 { return }
            let count = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
            if count < 0, errno != EAGAIN { return }
            await Task.yield()
        }
    }

    /// A peer that has gone is no failure of a test: what it answered before is what counts.
    func send(_ text: String) throws {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { return }
            bytes = bytes.dropFirst(count)
        }
    }

    /// Sends `piece` again and again, a little at a time, until the other side ends the connection.
    /// - Returns: what it answered.
    func trickle(_ piece: String, within limit: Duration = .seconds(15)) async throws -> String {
        let deadline = ContinuousClock.now + limit
        var answer: [UInt8] = []
        while true {
            try #require(ContinuousClock.now < deadline, "still open after \(String(decoding: answer, as: UTF8.self))")
            try send(piece)
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            // Waits for an answer or its end, at most so long.
            guard poll(&entry, 1, 10) > 0 else {
                await Task.yield()
                continue
            }
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count <= 0 { return String(decoding: answer, as: UTF8.self) }
            answer += buffer.prefix(count)
        }
    }
}
