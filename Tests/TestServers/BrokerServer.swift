import Foundation
import Synchronization

/// A real broker, as `scripts/broker` starts it, in a temporary folder and on a port of its own.
public final class BrokerServer: Sendable {
    /// Which one.
    public enum Kind: String, Sendable, CaseIterable {
        case kafka, rabbitmq
    }

    /// Why there is no server.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    public let kind: Kind
    public let port: Int
    public let folder: String
    private let process = ServerProcess("broker")

    /// Makes the folder and starts the server.
    ///
    /// - Throws: ``Failure`` when it is not up within three minutes.
    public init(_ kind: Kind) throws {
        self.kind = kind
        // RabbitMQ takes the next two as well.
        port = try FreePort.first(ofRow: 3)
        folder =
            FileManager.default.temporaryDirectory.appending(
                path: "doorstep-\(kind.rawValue)-\(ProcessInfo.processInfo.processIdentifier)-\(port)"
            ).path
        try start()
    }

    /// One for all tests of a process, stopped and removed when it exits.
    public static func shared(_ kind: Kind) throws -> BrokerServer {
        switch kind {
        case .kafka: try theKafka.get()
        case .rabbitmq: try theRabbitMQ.get()
        }
    }

    private static let theKafka: Result<BrokerServer, any Error> = Result { try sharing(.kafka) }
    private static let theRabbitMQ: Result<BrokerServer, any Error> = Result { try sharing(.rabbitmq) }
    private static let toRemove = Mutex<[BrokerServer]>([])

    private static func sharing(_ kind: Kind) throws -> BrokerServer {
        let server = try BrokerServer(kind)
        let isFirst = toRemove.withLock { servers in
            servers.append(server)
            return servers.count == 1
        }
        if isFirst { atexit { BrokerServer.toRemove.withLock { $0 }.forEach { $0.remove() } } }
        return server
    }

    /// What `--broker` takes, with a prefix that no other test has.
    public func url(prefix: String) -> String {
        switch kind {
        case .kafka: "kafka://127.0.0.1:\(port)?prefix=\(prefix)"
        case .rabbitmq: "amqp://guest:guest@127.0.0.1:\(port)?prefix=\(prefix)"
        }
    }

    /// `nil` while it does not run.
    public var processIdentifier: Int32? { process.processIdentifier }

    /// Starts it with what it kept.
    public func start() throws {
        let deadline = ContinuousClock.now + .seconds(180)
        let started = try process.launch(arguments("run"))
        while started.isRunning, ContinuousClock.now < deadline {
            if try script("ready") == 0 {
                process.keep(started)
                return
            }
            poll(nil, 0, 50)
        }
        started.terminate()
        throw Failure(description: "\(kind.rawValue) is not up in \(folder)")
    }

    /// `kill -9`.
    public func killHard() { process.end(SIGKILL) }

    /// Stops it in order.
    public func stop() { process.end(SIGTERM) }

    /// Ends it and removes what it kept.
    public func remove() {
        killHard()
        _ = try? script("clean")
    }

    /// Forgets everything while it is down; the next start begins with nothing.
    ///
    /// - Throws: ``Failure`` while it runs, or when its folder cannot be removed.
    public func wipe() throws {
        guard processIdentifier == nil, try script("clean") == 0 else {
            throw Failure(description: "\(folder) cannot be removed")
        }
    }

    private func script(_ action: String) throws -> Int32 { try process.run(arguments(action)) }

    private func arguments(_ action: String) -> [String] { [action, kind.rawValue, folder, String(port)] }
}
