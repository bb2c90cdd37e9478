import AsyncHTTPClient
import ElasticsearchIndex
import Foundation
import Kernel
import NIOCore
import Ports

/// What an Elasticsearch-compatible server takes when somebody sends it the same bytes and looks at no answer: the most
/// that an adapter can reach on it.
enum RawBulk {
    /// - Parameters:
    ///   - count: how many documents.
    ///   - batch: how many in one request.
    /// - Returns: documents a second.
    /// - Throws: `search_unavailable` when the server refuses.
    static func measure(_ server: SearchServer, documents count: Int, batch: Int) async throws(Fault) -> Double {
        let name = IndexName(alias: "doorstep-raw", stamp: SystemClock().now.milliseconds)
        let node = server.nodes[0]
        try await call("PUT", "\(node)/\(name)", try ProjectFiles.read("search/orders-v1.json"), "application/json")
        var busy = Duration.zero
        for start in stride(from: 0, to: count, by: batch) {
            let changes = (start..<min(start + batch, count)).map { IndexChange.put(InventedDocuments.document($0)) }
            let body = ElasticsearchIndex.bulkBody(changes, to: name)
            let began = ContinuousClock.now
            try await call("POST", "\(node)/_bulk", body, "application/x-ndjson")
            busy += ContinuousClock.now - began
        }
        try await call("DELETE", "\(node)/\(name)", [], "application/json")
        return Double(count) / busy.inSeconds
    }

    private static func call(_ method: String, _ url: String, _ body: [UInt8], _ type: String) async throws(Fault) {
        var request = HTTPClientRequest(url: url)
        request.method = .RAW(value: method)
        request.headers.add(name: "content-type", value: type)
        if !body.isEmpty { request.body = .bytes(ByteBuffer(bytes: body)) }
        do {
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
            _ = try await response.body.collect(upTo: 64 << 20)
            guard response.status == .ok else {
                throw Fault("search_unavailable", retryable: true, "\(method) \(url): \(response.status)")
            }
        } catch let fault as Fault {
            throw fault
        } catch {
            throw Fault("search_unavailable", retryable: true, "\(method) \(url): \(error)")
        }
    }
}
