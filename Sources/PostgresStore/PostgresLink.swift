import CLibPQ
import Glibc
import Kernel

/// A connection to the server in pipeline mode: statements are sent one after the other, and what became of them is
/// read when it is asked for.
final class PostgresLink {
    private let handle: OpaquePointer
    /// What was sent and of which nothing was read yet; the text of a statement, or the end of a group of them.
    private enum Sent {
        case statement(String)
        case groupEnd
    }

    private var unsettled: [Sent] = []
    /// Statements were sent after the last end of a group.
    private var isWithinGroup = false

    private init(_ handle: OpaquePointer) { self.handle = handle }

    /// Connects and runs a script.
    ///
    /// - Throws: `database_unavailable` when there is no server, or it refuses; what the script throws.
    static func open(_ options: [(keyword: String, value: String)], setup: String) throws(Fault) -> PostgresLink {
        let texts = options.map { (strdup($0.keyword), strdup($0.value)) }
        defer {
            for text in texts {
                free(text.0)
                free(text.1)
            }
        }
        let keywords = texts.map { UnsafePointer<CChar>($0.0) } + [nil]
        let values = texts.map { UnsafePointer<CChar>($0.1) } + [nil]
        // 1: the name of the database may be a whole URL.
        guard let handle = PQconnectdbParams(keywords, values, 1) else { throw PostgresFault.lost("out of memory") }
        let link = PostgresLink(handle)
        guard PQstatus(handle) == CONNECTION_OK else { throw PostgresFault.lost(message(handle)) }
        // Notices are for people at a terminal.
        PQsetNoticeProcessor(handle, { _, _ in }, nil)
        try run(setup, handle)
        try link.enterPipeline()
        return link
    }

    deinit { PQfinish(handle) }

    var isBroken: Bool { PQstatus(handle) != CONNECTION_OK }
    /// How many statements were sent of which nothing was read yet.
    var unsettledCount: Int { unsettled.count }

    private static func message(_ handle: OpaquePointer) -> String {
        String(cString: PQerrorMessage(handle)).split(separator: "\n").joined(separator: " ")
    }

    private func lost(_ doing: String) -> Fault { PostgresFault.lost("\(doing): \(Self.message(handle))") }

    private func enterPipeline() throws(Fault) {
        guard PQenterPipelineMode(handle) == 1 else { throw lost("entering the pipeline") }
    }

    /// Runs statements without parameters, which may be several.
    func runScript(_ sql: String) throws(Fault) {
        if !unsettled.isEmpty { _ = try settle() }
        guard PQexitPipelineMode(handle) == 1 else { throw lost("leaving the pipeline") }
        defer { PQenterPipelineMode(handle) }
        try Self.run(sql, handle)
    }

    private static func run(_ sql: String, _ handle: OpaquePointer) throws(Fault) {
        guard let result = PQexec(handle, sql) else { throw PostgresFault.lost(message(handle)) }
        defer { PQclear(result) }
        let status = PQresultStatus(result)
        guard status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY else {
            throw PostgresFault.make(result, String(sql.prefix(200)))
        }
    }

    /// Puts down the preparation of a statement and the question after its parameters' types.
    func sendPrepare(_ name: String, _ sql: String) throws(Fault) {
        guard PQsendPrepare(handle, name, sql, 0, nil) == 1 else { throw lost(sql) }
        note(sql)
        guard PQsendDescribePrepared(handle, name) == 1 else { throw lost(sql) }
        note(sql)
    }

    /// Puts down a prepared statement, which goes out with the end of its group.
    func send(_ name: String, _ parameters: PostgresParameters, _ doing: String) throws(Fault) {
        let sent = parameters.withPointers { count, values, lengths, formats in
            PQsendQueryPrepared(handle, name, count, values, lengths, formats, 1)
        }
        guard sent == 1 else { throw lost(doing) }
        note(doing)
    }

    /// Puts down a statement that is not worth preparing.
    func send(_ sql: String) throws(Fault) {
        guard PQsendQueryParams(handle, sql, 0, nil, nil, nil, nil, 1) == 1 else { throw lost(sql) }
        note(sql)
    }

    private func note(_ sql: String) {
        unsettled.append(.statement(sql))
        isWithinGroup = true
    }

    /// Sends what was put down; the server begins with it at once.
    ///
    /// Without the end of a group, the server would take the transaction for busy for as long as this process lives, and
    /// never end it for standing still (`idle_in_transaction_session_timeout`). Outside of `BEGIN` and `COMMIT` a group is
    /// a transaction of its own.
    func endGroup() throws(Fault) {
        // Sends too.
        guard PQpipelineSync(handle) == 1 else { throw lost("sending") }
        unsettled.append(.groupEnd)
        isWithinGroup = false
    }

    /// Reads what became of everything that was sent.
    ///
    /// - Returns: the result of the last statement, and how many rows all of them changed.
    /// - Throws: the fault of the first statement that failed; those after it did not take place.
    func settle() throws(Fault) -> (last: PostgresResult, changes: Int) {
        if isWithinGroup { try endGroup() }
        let sent = unsettled
        unsettled.removeAll(keepingCapacity: true)
        var failure: Fault?
        var last: PostgresResult?
        var changes = 0
        for entry in sent {
            guard case .statement(let doing) = entry else {
                guard let end = PQgetResult(handle) else { throw failure ?? lost("the end of a group") }
                PQclear(end)
                if isBroken { throw failure ?? lost("the end of a group") }
                continue
            }
            guard let pointer = PQgetResult(handle) else { throw failure ?? lost(doing) }
            let result = PostgresResult(pointer)
            switch PQresultStatus(pointer) {
            case PGRES_COMMAND_OK, PGRES_TUPLES_OK:
                last = result
                changes += result.changes
            case PGRES_PIPELINE_ABORTED: break
            default: failure = failure ?? PostgresFault.make(pointer, doing)
            }
            if isBroken { throw failure ?? lost(doing) }
            while let more = PQgetResult(handle) { PQclear(more) }
        }
        if let failure { throw failure }
        guard let last else { preconditionFailure("nothing was sent") }
        return (last, changes)
    }

    // MARK: Announcements

    /// Waits for something to read.
    /// - Returns: false when the connection is lost.
    func waitForInput(milliseconds: Int32) -> Bool {
        var descriptor = pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0)
        guard descriptor.fd >= 0 else { return false }
        return poll(&descriptor, 1, milliseconds) <= 0 || PQconsumeInput(handle) == 1
    }

    /// The text of the next announcement that has come; `nil` when there is none.
    func nextAnnouncement() -> String? {
        guard let notice = PQnotifies(handle) else { return nil }
        defer { PQfreemem(notice) }
        return String(cString: notice.pointee.extra)
    }

    static func waitForNothing(milliseconds: Int32) { poll(nil, 0, milliseconds) }
}
