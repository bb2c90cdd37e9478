import Kernel
import Ports
import SearchLanguage

/// Writing in bulk, by bytes, with external versions.
extension ElasticsearchIndex {
    public func write(_ changes: [IndexChange], to name: IndexName) async throws(Fault) -> [IndexRefusal] {
        var refusals: [IndexRefusal] = []
        var waiting = changes.map { BulkItem($0, name) }
        var room = calls.server.bulkBytes
        var attempt = 0
        while !waiting.isEmpty {
            let (part, bytes) = Self.part(of: waiting, room)
            let answer = try await calls.call("POST", "/_bulk", bytes, isLines: true)
            if answer.status == 413, part.count > 1 {
                // Whoever stands between wants less than we were told.
                room = max(1, bytes.count / 2)
                continue
            }
            let outcome = try Self.read(try checked(answer), part)
            refusals += outcome.refusals
            waiting.removeFirst(part.count)
            guard !outcome.busy.isEmpty else {
                attempt = 0
                continue
            }
            attempt += 1
            guard attempt < calls.server.tries else {
                throw Fault("search_overloaded", retryable: true, "\(outcome.busy.count) documents were put off")
            }
            try await calls.pause(attempt)
            // Those that were put off go first, so that no later version of them overtakes.
            waiting = outcome.busy + waiting
        }
        return refusals
    }

    /// The body of one request for some changes.
    public static func bulkBody(_ changes: [IndexChange], to name: IndexName) -> [UInt8] {
        changes.flatMap { BulkItem($0, name).lines }
    }

    /// As many items as have room, one at least.
    private static func part(of items: [BulkItem], _ room: Int) -> (items: [BulkItem], bytes: [UInt8]) {
        var count = 0
        var size = 0
        while count < items.count, count == 0 || size + items[count].lines.count <= room {
            size += items[count].lines.count
            count += 1
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size)
        for item in items[..<count] { bytes += item.lines }
        return (Array(items[..<count]), bytes)
    }

    private struct Outcome {
        var busy: [BulkItem] = []
        var refusals: [IndexRefusal] = []
    }

    private static func read(_ body: JSONValue, _ sent: [BulkItem]) throws(Fault) -> Outcome {
        guard let items = body["items"]?.array, items.count == sent.count else { throw malformed("_bulk") }
        var outcome = Outcome()
        for (item, sent) in zip(items, sent) {
            guard let result = item.object?.first?.value, let status = result["status"]?.integer else {
                throw malformed("_bulk")
            }
            let error = result["error"]
            let type = error?["type"]?.string ?? ""
            let reason = error?["reason"]?.string ?? error?.string ?? ""
            switch status {
            // 409: there is a version as new as ours.
            case 200..<300, 409: break
            case 404 where !sent.isPut && type.isEmpty: break
            case _ where type == "cluster_block_exception", 404: throw fault(Int(status), type, reason)
            case 429, 503: outcome.busy.append(sent)
            case 401, 403, 500...: throw fault(Int(status), type, reason)
            default: outcome.refusals.append(IndexRefusal(orderID: sent.orderID, reason: "\(type): \(reason)"))
            }
        }
        return outcome
    }
}

/// One change as the lines of a bulk request.
private struct BulkItem {
    let orderID: OrderID
    let isPut: Bool
    let lines: [UInt8]

    init(_ change: IndexChange, _ name: IndexName) {
        orderID = change.orderID
        var line = JSONWriter(reserving: 1024)
        switch change {
        case .put(let document):
            isPut = true
            line.object { json in
                json.member("index") { Self.target(change.orderID, document.version, name, &$0) }
            }
            lines = line.bytes + [10] + DocumentSource.write(document) + [10]
        case .remove(let id, let version):
            isPut = false
            line.object { json in json.member("delete") { Self.target(id, version, name, &$0) } }
            lines = line.bytes + [10]
        }
    }

    private static func target(_ id: OrderID, _ version: Int64, _ name: IndexName, _ json: inout JSONWriter) {
        json.member("_index", name.text)
        json.member("_id", id.text)
        json.member("version", version)
        json.member("version_type", "external")
    }
}

/// A document as the index keeps it.
enum DocumentSource {
    /// The texts whose words are kept one by one too, for suggestions.
    static let suggested: [SearchField] = [.name, .city, .product]

    static func write(_ document: SearchDocument) -> [UInt8] {
        var json = JSONWriter(reserving: 1024)
        json.object { json in
            json.member("version", document.version)
            for (field, text) in document.texts.sorted(by: { $0.key < $1.key }) {
                json.name(field.rawValue)
                json.string(text)
                guard suggested.contains(field) else { continue }
                json.name("\(field.rawValue)_words")
                let words = Set(text.split(separator: " ")).subtracting([Substring(SearchDocument.separator)])
                json.array(words.sorted()) { $0.string(String($1)) }
            }
            for (field, values) in document.keywords.sorted(by: { $0.key < $1.key }) {
                json.name(field.rawValue)
                json.array(values) { $0.string($1) }
            }
            for (field, number) in document.numbers.sorted(by: { $0.key < $1.key }) {
                json.name(field.rawValue)
                json.integer(number)
            }
        }
        return json.bytes
    }

    static func read(_ id: OrderID, _ source: JSONValue) throws(Fault) -> SearchDocument {
        var document = SearchDocument(orderID: id, version: try source.requireInteger("version"))
        for field in SearchField.texts { document.texts[field] = source[field.rawValue]?.string }
        for field in SearchField.keywords {
            let values = source[field.rawValue]?.array?.compactMap(\.string)
            document.keywords[field] = values
        }
        for field in SearchField.numbers { document.numbers[field] = source[field.rawValue]?.integer }
        return document
    }
}
