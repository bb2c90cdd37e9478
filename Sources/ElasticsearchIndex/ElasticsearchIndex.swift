import Kernel
import Ports
import SearchLanguage

/// Orders in Elasticsearch 8 or OpenSearch, through the documented API that both have.
///
/// An alias names the active index; each index has a name of its own and the mapping of the file
/// `search/orders-v1.json`.
public final class ElasticsearchIndex: SearchIndex {
    public let engine = "elasticsearch"
    public var alias: String { calls.server.alias }

    let calls: SearchCalls
    private let mapping: [UInt8]

    /// - Parameters:
    ///   - mapping: settings and mappings of an index, as JSON.
    ///   - seed: of the pauses between tries.
    /// - Throws: `file_unusable` when the file of the authorities holds no certificates.
    public init(_ server: SearchServer, mapping: [UInt8], seed: UInt64) throws(Fault) {
        calls = try SearchCalls(server, seed: seed)
        self.mapping = mapping
    }

    public func active() async throws(Fault) -> IndexName? {
        try await holders().sorted { $0.text > $1.text }.first
    }

    private func holders() async throws(Fault) -> [IndexName] {
        let answer = try await calls.call("GET", "/_alias/\(alias)")
        if answer.status == 404 { return [] }
        return try Self.names(try checked(answer), alias)
    }

    private static func names(_ body: JSONValue, _ alias: String) throws(Fault) -> [IndexName] {
        (body.object ?? []).compactMap { IndexName($0.name, alias: alias) }
    }

    public func create(_ name: IndexName) async throws(Fault) {
        let answer = try await calls.call("PUT", "/\(name)", mapping)
        if answer.errorType.contains("already_exists") { return }
        _ = try checked(answer)
    }

    public func activate(_ name: IndexName) async throws(Fault) {
        let former = try await holders().filter { $0 != name }
        let alias = alias
        var json = JSONWriter()
        json.object { json in
            json.member("actions", array: [name] + former) { json, index in
                json.object { json in
                    json.memberObject(index == name ? "add" : "remove") { json in
                        json.member("index", index.text)
                        json.member("alias", alias)
                    }
                }
            }
        }
        _ = try checked(try await calls.call("POST", "/_aliases", json.bytes))
        let all = try await calls.call("GET", "/\(alias)-v*/_alias")
        let others = all.status == 404 ? [] : try Self.names(try checked(all), alias)
        for other in others where other != name {
            let answer = try await calls.call("DELETE", "/\(other)")
            if answer.status != 404 { _ = try checked(answer) }
        }
    }

    public func refresh(_ name: IndexName) async throws(Fault) {
        _ = try checked(try await calls.call("POST", "/\(name)/_refresh"))
    }

    public func count(in name: IndexName) async throws(Fault) -> Int64 {
        let body = try checked(try await calls.call("GET", "/\(name)/_count"))
        guard let count = body["count"]?.integer else { throw Self.malformed("_count") }
        return count
    }

    public func close() async { await calls.close() }

    /// The body of an answer that is a success.
    func checked(_ answer: SearchCalls.Answer) throws(Fault) -> JSONValue {
        if answer.isSuccess { return answer.body }
        throw Self.fault(answer.status, answer.errorType, answer.reason)
    }

    static func fault(_ status: Int, _ type: String, _ reason: String) -> Fault {
        let detail = "\(status) \(type): \(reason)"
        if type == "cluster_block_exception" { return Fault("search_read_only", retryable: true, detail) }
        if type == "index_not_found_exception" { return Fault("search_index_missing", retryable: true, detail) }
        switch status {
        case 404: return Fault("search_index_missing", retryable: true, detail)
        case 429: return Fault("search_overloaded", retryable: true, detail)
        // An operator mends these while we wait: a key that ran out, a disk without room.
        case 401, 403, 507: return Fault("search_unavailable", retryable: true, detail)
        case 500...: return Fault("search_unavailable", retryable: true, detail)
        default: return Fault("search_error", retryable: false, detail)
        }
    }

    static func malformed(_ what: String) -> Fault {
        Fault("search_error", retryable: false, "\(what) answered something else than is documented")
    }
}

extension JSONWriter {
    /// A member whose value `content` writes.
    mutating func memberObject(_ name: String, _ content: (inout JSONWriter) -> Void) {
        self.name(name)
        object(content)
    }
}
