import Contracts
import Kernel
import Orders
import OrdersService
import Ports
import Runtime
import SearchLanguage
import SearchService

/// How the API and the console search orders.
public struct SearchAccess: Sendable {
    public let search: OrderSearch
    public let indexer: Indexer
    /// Of the workers, by partition; one at least.
    public let mailboxes: [Mailbox<SearchCommand, SearchReply>]
    /// Of the search service's own database.
    public let reads: ReadPool

    /// Of the worker that takes what concerns no order.
    public var mailbox: Mailbox<SearchCommand, SearchReply> { mailboxes[0] }

    public init(
        search: OrderSearch, indexer: Indexer, mailboxes: [Mailbox<SearchCommand, SearchReply>], reads: ReadPool
    ) {
        precondition(!mailboxes.isEmpty, "a store has a partition")
        self.mailboxes = mailboxes
        self.search = search
        self.indexer = indexer
        self.reads = reads
    }
}

/// How far the index is behind the log.
public struct SearchLag: Sendable {
    public let status: IndexStatus
    /// Events that the search service has not read yet.
    public let unreadEvents: Int64

    /// - Throws: a problem when a store cannot be read, or nothing searches here.
    public static func read(_ services: APIServices) async throws(Problem) -> SearchLag {
        guard let access = services.search else { throw .searchIsNotHere }
        let cursors = try await access.reads.ask { database throws(Fault) in
            var cursors: [Topic: Int64] = [:]
            try database.query("SELECT topic, sum(position) FROM cursors GROUP BY topic", []) { row in
                if let topic = Topic(rawValue: row.text(0)) { cursors[topic] = row.integer(1) }
            }
            return cursors
        }
        var unread: Int64 = 0
        for topic in Topic.allCases {
            let head = try await services.reads(topic).ask { database throws(Fault) in
                try database.integer("SELECT sum(position) FROM heads")
            }
            unread += max(0, head - (cursors[topic] ?? 0))
        }
        do {
            return SearchLag(status: try await access.indexer.status(), unreadEvents: unread)
        } catch {
            throw Problem(error)
        }
    }
}

extension Problem {
    static var searchIsNotHere: Problem {
        Problem(.searchUnavailable, "Orders cannot be searched here.", retryAfter: 60)
    }

    /// A query that has no answer, with the place that is wrong.
    public init(_ refusal: OrderSearch.Refusal) {
        switch refusal {
        case .syntax(let error):
            self.init(
                .malformedSearch, "\(error.detail) See position and length in q.",
                errors: [FieldError("?q", error.detail)])
            extra = { json in
                json.member("position", error.position)
                json.member("length", error.length)
            }
        case .peopleAreHidden:
            self.init(.scopeMissing, "Names and places can be searched with the scope recipients:read alone.")
        case .fault(let fault):
            self.init(
                .searchUnavailable, "The index does not answer right now; orders are listed without q as before.",
                retryAfter: 2)
            self = with(fault)
        }
    }
}

/// What the store can answer itself while no index does: everything, one status, one id.
public enum StoreSearch {
    /// - Returns: `nil` when only an index can answer.
    public static func orders(
        _ text: String, after: OrderID?, limit: Int, now: Instant, _ reads: ReadPool
    ) async throws(Problem) -> [OrderView]? {
        let query: SearchQuery
        do throws(SearchSyntaxError) {
            query = try SearchParser.parse(text, now: now)
        } catch {
            throw Problem(.syntax(error))
        }
        var id = OrderID(text: SearchText.keyword(text))
        var state: OrderState?
        switch query {
        case .everything: break
        case .keyword(.status, let value, false): state = OrderState(name: value)
        case .keyword(.order, let value, false): id = OrderID(text: value)
        default: if id == nil { return nil }
        }
        return try await reads.ask { [id, state] database throws(Fault) in
            if let id { return after == nil ? try OrdersQueries.orders([id], database) : [] }
            return try OrdersQueries.orders(state: state, after: after, limit: limit, database)
        }
    }
}
