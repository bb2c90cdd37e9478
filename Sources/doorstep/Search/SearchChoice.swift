import ArgumentParser
import ElasticsearchIndex
import EmbeddedIndex
import Foundation
import Kernel
import Ports
import PostgresIndex

/// Which index answers searches.
enum SearchChoice: Sendable {
    /// SQLite files in the data folder.
    case embedded
    /// Tables beside those of the search service.
    case postgres(PostgresAddress)
    case cluster(SearchServer)
    /// Nothing searches.
    case none

    /// The one that needs nothing more than what a store has.
    static func standard(for store: StoreLocation) -> SearchChoice {
        switch store {
        case .sqlite: .embedded
        case .postgres(let address): .postgres(address)
        }
    }

    /// What the engine's indexes are called by.
    var alias: String {
        switch self {
        case .embedded, .none: EmbeddedIndex.alias
        case .postgres: PostgresIndex.alias
        case .cluster(let server): server.alias
        }
    }

    /// - Returns: `nil` when nothing searches.
    /// - Throws: `search_unavailable` when the embedded index's folder cannot be made, `file_missing` without the
    ///   mapping, `file_unusable` for authorities that cannot be read.
    func index(_ folder: DataFolder, seed: UInt64) throws(Fault) -> (any SearchIndex)? {
        switch self {
        case .embedded: try EmbeddedIndex(folder: "\(folder.path)/search-index")
        case .postgres(let address): PostgresIndex(address.database(.search))
        case .cluster(let server):
            try ElasticsearchIndex(server, mapping: try ProjectFiles.read("search/orders-v1.json"), seed: seed)
        case .none: nil
        }
    }
}

/// The options that choose it.
struct SearchOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What answers searches: store, embedded, none, or the nodes of Elasticsearch 8 or OpenSearch.",
            discussion: """
                `store` is PostgreSQL where that is the store, and the embedded index otherwise. Several nodes have commas \
                between them. At the end, ?cacertfile=FILE names the authorities whose certificates are trusted, and \
                ?timeout=SECONDS says how long a call may take, 10 otherwise; & joins them. \
                DOORSTEP_SEARCH_API_KEY holds an API key, DOORSTEP_SEARCH_USER and DOORSTEP_SEARCH_PASSWORD a user \
                instead.
                """, valueName: "store|embedded|none|https://…"))
    var search = "store"

    func validate() throws {
        guard Self.choice(search, for: .sqlite(folder: "")) != nil else {
            throw ValidationError(
                "--search is store, embedded, none, or addresses that begin with https:// or http://, with "
                    + "?cacertfile=FILE&timeout=SECONDS (0.1 to 300) at their end")
        }
    }

    func choice(for store: StoreLocation) -> SearchChoice {
        guard let choice = Self.choice(search, for: store) else { preconditionFailure("checked: \(search)") }
        return choice
    }

    /// - Returns: `nil` for what cannot be understood.
    static func choice(_ text: String, for store: StoreLocation) -> SearchChoice? {
        switch text {
        case "store": .standard(for: store)
        case "embedded": .embedded
        case "none": SearchChoice.none
        default: cluster(text).map { .cluster($0) }
        }
    }

    private static func cluster(_ text: String) -> SearchServer? {
        let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let nodes = parts[0].split(separator: ",").map(String.init)
        let isUnderstood = nodes.allSatisfy { node in
            guard let url = URL(string: node), url.host() != nil else { return false }
            return url.scheme == "https" || url.scheme == "http"
        }
        guard !nodes.isEmpty, isUnderstood else { return nil }
        var server = SearchServer(nodes: nodes, credentials: credentials)
        for setting in parts.count == 2 ? parts[1].split(separator: "&", omittingEmptySubsequences: false) : [] {
            guard apply(setting, to: &server) else { return nil }
        }
        return server
    }

    private static func apply(_ setting: Substring, to server: inout SearchServer) -> Bool {
        let pair = setting.split(separator: "=", maxSplits: 1)
        guard pair.count == 2, let value = pair[1].removingPercentEncoding else { return false }
        switch pair[0] {
        case "cacertfile": server.authorities = value
        case "timeout":
            guard let seconds = Double(value), (0.1...300).contains(seconds) else { return false }
            server.timeout = .milliseconds(Int64(seconds * 1000))
        default: return false
        }
        return true
    }

    /// Not on the command line, where everybody on the machine could read it.
    private static var credentials: SearchServer.Credentials {
        let environment = ProcessInfo.processInfo.environment
        if let key = environment["DOORSTEP_SEARCH_API_KEY"] { return .apiKey(key) }
        guard let user = environment["DOORSTEP_SEARCH_USER"] else { return .none }
        return .basic(user: user, password: environment["DOORSTEP_SEARCH_PASSWORD"] ?? "")
    }
}
