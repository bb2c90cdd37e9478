import Kernel
import Ports
import SearchLanguage

/// Searching, suggesting and reading back.
extension ElasticsearchIndex {
    public func search(_ request: SearchRequest) async throws(Fault) -> SearchAnswer {
        let body = try checked(try await calls.call("POST", "/\(alias)/_search", Self.body(request)))
        guard let found = body["hits"]?["hits"]?.array else { throw Self.malformed("_search") }
        var answer = SearchAnswer(hits: [])
        for hit in found {
            guard let id = hit["_id"]?.string.flatMap({ OrderID(text: $0) }) else { throw Self.malformed("_search") }
            let value = request.sort.field == nil ? 0 : hit["sort"]?.array?.first?.integer ?? 0
            answer.hits.append(SearchHit(orderID: id, value: value))
        }
        if request.isCounted {
            guard let total = body["hits"]?["total"]?["value"]?.integer else { throw Self.malformed("_search") }
            answer.total = total
        }
        for field in request.facets {
            guard let buckets = body["aggregations"]?[field.rawValue]?["buckets"]?.array else {
                throw Self.malformed("_search")
            }
            answer.facets[field] = FacetCount.sorted(
                buckets.compactMap { bucket in
                    guard let value = bucket["key"]?.string, let count = bucket["doc_count"]?.integer else {
                        return nil
                    }
                    return FacetCount(value: value, count: count)
                })
        }
        return answer
    }

    /// The order's id is sorted by as text, which sorts as the integer inside and survives servers that read numbers as
    /// floating point.
    private static func body(_ request: SearchRequest) -> [UInt8] {
        let direction = request.sort.isDescending ? "desc" : "asc"
        let keys = [request.sort.field, .order].compactMap { $0 }
        let document = QueryDocument(request: request)
        var json = JSONWriter(reserving: 1024)
        json.object { json in
            json.member("size", request.limit)
            json.member("_source", false)
            json.member("track_total_hits", request.isCounted)
            json.name("query")
            document.write(request.query, &json)
            json.member("sort", array: keys) { json, key in json.object { $0.memberText(key.rawValue, direction) } }
            if let after = request.after {
                json.member("search_after", array: keys) { json, key in
                    if key == .order { json.string(after.orderID.text) } else { json.integer(after.value) }
                }
            }
            guard !request.facets.isEmpty else { return }
            json.member("aggs") { json in
                for field in request.facets {
                    json.memberObject(field.rawValue) { json in
                        json.member("terms") { json in
                            json.member("field", field.rawValue)
                            json.member("size", FacetCount.valuesMax)
                        }
                    }
                }
            }
        }
        return json.bytes
    }

    public func suggest(
        _ prefix: String, in fields: [SearchField], limit: Int
    ) async throws(Fault) -> [SearchSuggestion] {
        let fields = fields.filter { $0.kind == .keyword || DocumentSource.suggested.contains($0) }
        guard !fields.isEmpty else { return [] }
        let names = fields.map { $0.kind == .keyword ? $0.rawValue : "\($0.rawValue)_words" }
        var json = JSONWriter(reserving: 1024)
        json.object { json in
            json.member("size", 0)
            json.name("query")
            QueryDocument.beginning(prefix, names, &json)
            json.member("aggs") { json in
                for name in names {
                    json.memberObject(name) { json in
                        json.member("terms") { json in
                            json.memberText("field", name)
                            json.member("include", Self.pattern(prefix))
                            json.member("size", Self.suggestionsLookedAt)
                        }
                    }
                }
            }
        }
        let body = try checked(try await calls.call("POST", "/\(alias)/_search", json.bytes))
        var found: [(suggestion: SearchSuggestion, orders: Int64)] = []
        for (field, name) in zip(fields, names) {
            guard let buckets = body["aggregations"]?[name]?["buckets"]?.array else { throw Self.malformed("_search") }
            for bucket in buckets {
                guard let value = bucket["key"]?.string, let count = bucket["doc_count"]?.integer,
                    value.hasPrefix(prefix)
                else { continue }
                found.append((SearchSuggestion(field: field, value: value), count))
            }
        }
        found.sort { ($1.orders, $0.suggestion.value) < ($0.orders, $1.suggestion.value) }
        return found.prefix(limit).map(\.suggestion)
    }

    /// Values per field that are looked at: some servers tell others than were asked for, which are left out here.
    private static let suggestionsLookedAt = 200

    /// All that begins with a text, as a regular expression of Lucene.
    private static func pattern(_ prefix: String) -> String {
        var pattern = ""
        for scalar in prefix.unicodeScalars {
            if SearchText.words(String(scalar)).isEmpty { pattern += "\\" }
            pattern.unicodeScalars.append(scalar)
        }
        return pattern + ".*"
    }

    public func documents(in name: IndexName, after: OrderID?, limit: Int) async throws(Fault) -> [SearchDocument] {
        var json = JSONWriter()
        json.object { json in
            json.member("size", limit)
            json.member("query") { $0.member("match_all") { _ in } }
            json.member("sort", array: [SearchField.order]) { json, key in
                json.object { $0.memberText(key.rawValue, "asc") }
            }
            if let after { json.member("search_after", array: [after.text]) { $0.string($1) } }
        }
        let body = try checked(try await calls.call("POST", "/\(name)/_search", json.bytes))
        guard let hits = body["hits"]?["hits"]?.array else { throw Self.malformed("_search") }
        return try Array(hits) { hit throws(Fault) in
            guard let id = hit["_id"]?.string.flatMap({ OrderID(text: $0) }), let source = hit["_source"] else {
                throw Self.malformed("_search")
            }
            return try DocumentSource.read(id, source)
        }
    }
}

extension JSONWriter {
    mutating func memberText(_ name: String, _ value: String) {
        self.name(name)
        string(value)
    }
}
