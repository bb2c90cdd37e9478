import AsyncHTTPClient
import Contracts
import Foundation
import HTTPAPI
import Kernel
import NIOCore
import Ports
import Runtime
import Signing

/// The other processes of the system, as their leases name them.
///
/// Who owns what is read from the service's own database, the one thing that processes of other services read there, and
/// kept for a moment: a process that lost a partition meanwhile refuses, and the caller comes again.
final class ClusterPeers: Peers {
    let secret: String
    private let ownAddress: String
    private let clock: SystemClock
    private let directories: [Topic: ReadPool]
    private let elsewhere: [Topic: String]

    /// For the life of the process, so that a start that fails leaves nothing to shut down.
    private static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration(timeout: .init(connect: .seconds(2), read: .seconds(60)))
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    /// - Parameters:
    ///   - ownAddress: which no request is sent on to.
    ///   - secret: shared by all processes of the system.
    ///   - elsewhere: where services are reached whose databases cannot be opened here.
    init(
        _ folder: DataFolder, ownAddress: String, secret: String, elsewhere: [Topic: String] = [:], clock: SystemClock
    ) {
        self.elsewhere = elsewhere
        self.ownAddress = ownAddress
        self.secret = secret
        self.clock = clock
        directories = Dictionary(
            uniqueKeysWithValues: Topic.allCases.filter { elsewhere[$0] == nil }.map { topic in
                (topic, ReadPool(folder.database(topic), name: "\(topic.rawValue)-nodes", threads: 1, capacity: 256))
            })
    }

    func address(of topic: Topic, partition: Int?) async -> String? {
        if let address = elsewhere[topic] { return address }
        guard let directory = directories[topic] else { return nil }
        let (now, ownAddress) = (clock.now, ownAddress)
        do throws(Fault) {
            return try await directory.read { database throws(Fault) in
                try NodeTable.address(of: partition, database, now: now, besides: ownAddress)
            }
        } catch {
            // A directory that cannot be read is one without addresses: the caller is told to come again.
            return nil
        }
    }

    func send(_ request: ForwardedRequest, to address: String) async -> ForwardedReply? {
        var sent = HTTPClientRequest(url: address + request.target)
        sent.method = .init(rawValue: request.method)
        for (name, value) in request.headers { sent.headers.add(name: name, value: value) }
        if !request.body.isEmpty { sent.body = .bytes(ByteBuffer(bytes: request.body)) }
        do {
            let timeout = TimeAmount.milliseconds(request.timeout.inMilliseconds)
            let response = try await Self.client.execute(sent, timeout: timeout)
            let bytes = try await response.body.collect(upTo: 16 << 20)
            return ForwardedReply(
                status: Int(response.status.code), headers: response.headers.map { ($0.name, $0.value) },
                body: Array(bytes.readableBytesView))
        } catch {
            return nil
        }
    }

    func close() { for directory in directories.values { directory.stop(threads: 1) } }
}

/// The secret by which the processes of a system know one another, made at the first start and kept beside the data. On
/// several machines the file is copied, as that with the couriers' secrets.
enum ClusterSecret {
    /// - Throws: `data_folder_unusable` when the file cannot be written.
    static func load(_ folder: DataFolder) throws(Fault) -> String {
        try folder.alone { () throws(Fault) in try loadAlone(folder) }
    }

    private static func loadAlone(_ folder: DataFolder) throws(Fault) -> String {
        let path = "\(folder.path)/cluster-secret"
        if let data = FileManager.default.contents(atPath: path) {
            return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        }
        let secret = WebhookSecret.random().text
        guard
            FileManager.default.createFile(
                atPath: path, contents: Data(secret.utf8), attributes: [.posixPermissions: 0o600])
        else { throw Fault("data_folder_unusable", retryable: false, "\(path) cannot be written") }
        return secret
    }
}
