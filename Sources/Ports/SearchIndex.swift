import Kernel
import SearchLanguage

/// An engine that finds orders: embedded, in PostgreSQL, or a server of its own.
///
/// It holds copies alone, which can be made anew at any time. One of its indexes, the *active* one, answers; others may
/// be filled meanwhile. All methods may be called from any task, none blocks a thread of Swift's own.
///
/// All throw `search_unavailable` (retryable) when the engine cannot be reached, does not answer in time or is full,
/// `search_overloaded` (retryable) when it asks for less, `search_read_only` (retryable) when it takes no writes,
/// `search_index_missing` (retryable: the indexer makes it anew) for an index that is not there, and `search_error` for
/// everything that trying again will not mend.
public protocol SearchIndex: Sendable {
    /// What it is, for people: `embedded`, `postgresql`, `elasticsearch`.
    var engine: String { get }

    /// The index that answers searches; `nil` when there is none.
    func active() async throws(Fault) -> IndexName?

    /// Makes an empty index with the mapping of this program; one that exists stays as it is.
    func create(_ name: IndexName) async throws(Fault)

    /// Makes an index the active one, in one step for all searches, and removes the former ones.
    func activate(_ name: IndexName) async throws(Fault)

    /// Writes changes. A version that is not greater than what the index has of the order changes nothing. When it
    /// throws, any part may have been written: the same changes are written again.
    ///
    /// - Returns: the documents that the engine will never take; all others are in.
    func write(_ changes: [IndexChange], to name: IndexName) async throws(Fault) -> [IndexRefusal]

    /// Makes what was written until now visible to searches, which otherwise happens within a second.
    func refresh(_ name: IndexName) async throws(Fault)

    /// Finds orders in the active index. A wrong guess of what is meant is none of its business.
    func search(_ request: SearchRequest) async throws(Fault) -> SearchAnswer

    /// Words and codes of the active index that begin with `prefix`, most frequent first where the engine knows.
    ///
    /// - Parameters:
    ///   - prefix: folded, one character or more.
    ///   - limit: 1–50.
    func suggest(_ prefix: String, in fields: [SearchField], limit: Int) async throws(Fault) -> [SearchSuggestion]

    /// How many documents are visible in an index.
    func count(in name: IndexName) async throws(Fault) -> Int64

    /// Documents in the order of their ids, for comparing.
    func documents(in name: IndexName, after: OrderID?, limit: Int) async throws(Fault) -> [SearchDocument]

    /// Lets go of connections and threads; nothing else may be called afterwards.
    func close() async
}

/// The name of one index, which tells its mapping: `doorstep-orders-v1-0m3k2`.
public struct IndexName: Hashable, Sendable, CustomStringConvertible {
    /// Raised with every change of what documents hold or how they are indexed: the next start then makes a new index.
    public static let mappingVersion = 1

    public let text: String

    /// - Parameters:
    ///   - alias: what all indexes of one system begin with: small letters, digits and hyphens.
    ///   - stamp: makes it unlike all others, so that an index that was lost is not taken for the one that was filled.
    public init(alias: String, stamp: Int64) {
        text = "\(alias)-v\(Self.mappingVersion)-\(String(stamp, radix: 36))"
    }

    /// - Returns: `nil` for a name that is none of the alias's indexes.
    public init?(_ text: String, alias: String) {
        guard text.hasPrefix("\(alias)-v") else { return nil }
        self.text = text
    }

    /// Whether it has the mapping of this program.
    public func isCurrent(alias: String) -> Bool { text.hasPrefix("\(alias)-v\(Self.mappingVersion)-") }

    public var description: String { text }
}
