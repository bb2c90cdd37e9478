import ArgumentParser
import ElasticsearchIndex
import EmbeddedIndex
import Foundation
import Kernel
import Ports

/// Which index answers searches.
enum SearchChoice: Sendable {
    /// SQLite files in the data folder.
    case embedded
    case cluster(SearchServer)
    /// Nothing searches.
    case none

    /// What the engine's indexes are called by.
    var alias: String {
        switch self {
        case .embedded, .none: EmbeddedIndex.alias
        case .cluster(let server): server.alias
        }
    }

    /// - Returns: `nil` when nothing searches.
    /// - Throws: `search_unavailable` when the embedded index's folder cannot be made, `file_missing` without the mapping.
    func index(_ folder: DataFolder, seed: UInt64) throws(Fault) -> (any SearchIndex)? {
        switch self {
        case .embedded: try EmbeddedIndex(folder: "\(folder.path)/search-index")
        case .cluster(let server):
            ElasticsearchIndex(server, mapping: try ProjectFiles.read("search/orders-v1.json"), seed: seed)
        case .none: nil
        }
    }
}

/// The options that choose it.
struct SearchOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What answers searches: embedded, none, or the nodes of Elasticsearch 8 or OpenSearch.",
            discussion: """
                Several nodes have commas between them. DOORSTEP_SEARCH_API_KEY holds an API key, DOORSTEP_SEARCH_USER and \
                DOORSTEP_SEARCH_PASSWORD a user instead.
                """, valueName: "embedded|none|https://…"))
    var search = "embedded"

    func validate() throws {
        guard choice != nil else {
            throw ValidationError("--search is embedded, none, or addresses that begin with https:// or http://")
        }
    }

    /// `nil` for what cannot be understood.
    var choice: SearchChoice? {
        if search == "embedded" { return .embedded }
        if search == "none" { return SearchChoice.none }
        let nodes = search.split(separator: ",").map(String.init)
        let isUnderstood = nodes.allSatisfy { node in
            guard let url = URL(string: node), url.host() != nil else { return false }
            return url.scheme == "https" || url.scheme == "http"
        }
        guard !nodes.isEmpty, isUnderstood else { return nil }
        return .cluster(SearchServer(nodes: nodes, credentials: Self.credentials))
    }

    /// Not on the command line, where everybody on the machine could read it.
    private static var credentials: SearchServer.Credentials {
        let environment = ProcessInfo.processInfo.environment
        if let key = environment["DOORSTEP_SEARCH_API_KEY"] { return .apiKey(key) }
        guard let user = environment["DOORSTEP_SEARCH_USER"] else { return .none }
        return .basic(user: user, password: environment["DOORSTEP_SEARCH_PASSWORD"] ?? "")
    }
}
