import AsyncHTTPClient
import Contracts
import FeedLog
import Foundation
import Kernel

/// Services whose databases this process cannot open: it reads their logs from their feeds, and sends what they have to
/// answer to the same address.
struct FeedSources: Sendable, Equatable {
    /// Where each is reached, without a slash at its end.
    var urls: [Topic: String] = [:]
    /// A file with `SERVICE=KEY` lines.
    var keysPath: String?

    /// For the life of the process, so that a start that fails leaves nothing to shut down.
    private static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration(timeout: .init(connect: .seconds(2)))
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 1024
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    /// What reads them; it blocks.
    ///
    /// - Parameter partitions: of this process's stores, which the others must have too.
    func log(partitions: Int) -> FeedEventLog {
        let services = Dictionary(
            uniqueKeysWithValues: urls.map { topic, url in
                (topic, FeedEventLog.Service(baseURL: url) { key(of: topic) })
            })
        let readers = Dictionary(
            uniqueKeysWithValues: Topic.allCases.map { topic in
                (topic, services.filter { $0.key != topic }.sorted { $0.key < $1.key }.map(\.value))
            })
        return FeedEventLog(services: services, readers: readers, partitions: partitions, client: Self.client)
    }

    /// Read anew each time: keys are made when the others have started, and are replaced while this process runs.
    private func key(of topic: Topic) -> String? {
        guard let keysPath, let content = FileManager.default.contents(atPath: keysPath) else { return nil }
        for line in String(decoding: content, as: UTF8.self).split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1)
            if parts.count == 2, parts[0] == topic.rawValue {
                return parts[1].trimmingCharacters(in: .whitespaces)
            }
        }
        return nil
    }
}
