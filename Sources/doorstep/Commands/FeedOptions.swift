import ArgumentParser
import Contracts

/// Which services are reached over HTTP alone.
struct FeedOptions: ParsableArguments {
    @Option(
        name: .customLong("feed"),
        help: ArgumentHelp(
            """
            With --share: where a service is reached whose database this process cannot open, as in \
            orders=http://10.0.0.5:8080; its events are read from its feed.
            """, valueName: "service=url"))
    var feeds: [String] = []

    @Option(help: "A file with an API key for each --feed, in lines such as orders=KEY; read anew when it changes.")
    var feedKeys: String?

    /// `nil` without any; checked by ``validate()``.
    var sources: FeedSources? {
        guard !feeds.isEmpty else { return nil }
        return FeedSources(
            urls: Dictionary(feeds.compactMap { Self.source($0) }) { first, _ in first }, keysPath: feedKeys)
    }

    func validate() throws {
        let read = feeds.compactMap { Self.source($0)?.0 }
        guard read.count == feeds.count, Set(read).count == read.count else {
            throw ValidationError(
                "--feed is SERVICE=http://HOST:PORT, once for each of "
                    + Topic.allCases.map(\.rawValue).joined(separator: ", "))
        }
        guard feedKeys == nil || !feeds.isEmpty else { throw ValidationError("--feed-keys needs --feed") }
    }

    /// - Throws: when a service runs in this process, or what runs here reads all databases.
    func validate(with cluster: ClusterOptions) throws {
        guard let sources else { return }
        guard cluster.share else { throw ValidationError("--feed needs --share") }
        if let own = sources.urls.keys.sorted().first(where: { cluster.roles.runs($0) }) {
            throw ValidationError("--feed \(own.rawValue): this process runs it; see --roles")
        }
        guard !cluster.roles.contains(.search) else {
            throw ValidationError("--feed: the search role reads the databases of all services; see --roles")
        }
    }

    private static func source(_ text: String) -> (Topic, String)? {
        guard let sign = text.firstIndex(of: "="), let topic = Topic(rawValue: String(text[..<sign])) else {
            return nil
        }
        let url = text[text.index(after: sign)...]
        guard url.starts(with: /https?:\/\/[^\/]/) else { return nil }
        return (topic, url.hasSuffix("/") ? String(url.dropLast()) : String(url))
    }
}
