import Contracts
import Kernel
import Runtime

/// What people and keys did, over all databases.
enum AuditLogRoutes {
    static func all(_ services: APIServices) -> [Route] {
        [
            .get("/v1/audit-log", .scope(.auditRead)) { call async throws(Problem) in try await list(call, services) }
        ]
    }

    private struct Listed: Sendable {
        let log: Int
        let entry: AuditEntry

        var key: [Int64] { [entry.at.milliseconds, Int64(log), entry.position] }
    }

    private static let access = "access"
    /// In the order in which records of the same moment are listed.
    private static let logs = Topic.allCases.map(\.rawValue) + [access]

    /// Oldest first.
    private static func list(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        var query = call.query
        let page = query.page(parts: 3)
        try query.finish()
        var listed: [Listed] = []
        for (index, topic) in Topic.allCases.enumerated() {
            let place = place(in: index, after: page.after)
            let entries = try await services.reads(topic).ask { database throws(Fault) in
                try AuditLog.read(after: place, limit: page.limit, database)
            }
            listed += entries.map { Listed(log: index, entry: $0) }
        }
        let last = logs.count - 1
        let entries = try await attempt { () async throws(Fault) in
            try await services.access.auditLog(after: place(in: last, after: page.after), limit: page.limit)
        }
        listed += entries.map { Listed(log: last, entry: $0) }
        listed.sort { $0.key.lexicographicallyPrecedes($1.key) }
        return .list(Array(listed.prefix(page.limit)), page, call: call, key: \.key) { json, listed in
            write(listed, &json)
        }
    }

    /// Where to go on in one log, when the page before ended in another one.
    private static func place(in log: Int, after key: [Int64]?) -> (at: Instant, position: Int64) {
        guard let key else { return (Instant(milliseconds: .min), 0) }
        let position = log == key[1] ? key[2] : log < key[1] ? Int64.max : 0
        return (Instant(milliseconds: key[0]), position)
    }

    private static func write(_ listed: Listed, _ json: inout JSONWriter) {
        let record = listed.entry.record
        json.member("log", logs[listed.log])
        json.member("position", listed.entry.position)
        json.member("at", listed.entry.at)
        json.member("actor", record.actor)
        json.member("action", record.action)
        json.member("subject", record.subject)
        if !record.reason.isEmpty { json.member("reason", record.reason) }
        if !record.before.isEmpty { json.member("before", unsafeRawJSON: Array(record.before.utf8)) }
        if !record.after.isEmpty { json.member("after", unsafeRawJSON: Array(record.after.utf8)) }
        json.member("hash", listed.entry.hash)
    }
}
