import ElasticsearchIndex
import EmbeddedIndex
import Foundation
import Ports
import PostgresIndex
import PostgresStore
import TestServers
import Testing

/// Every index behind the port, on what it really runs on.
enum IndexKind: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case embedded, postgresql, elasticsearch, openSearch

    var testDescription: String { rawValue }

    /// Runs `body` with an engine that holds nothing.
    func with(_ body: (any SearchIndex) async throws -> Void) async throws {
        switch self {
        case .embedded:
            let folder = NSTemporaryDirectory() + "doorstep-search-" + UUID().uuidString
            let index = try EmbeddedIndex(folder: folder)
            // What cannot be removed is the system's to clean up: a temporary folder.
            defer { try? FileManager.default.removeItem(atPath: folder) }
            try await use(index, body)
        case .postgresql:
            let server = try PostgresServer.shared()
            let database = PostgresDatabase(url: server.url, schema: server.schema("search"))
            try await use(PostgresIndex(database), body)
        case .elasticsearch:
            try await TestServer.with(.noida) { server in try await use(Self.index(at: server.url), body) }
        case .openSearch:
            try await TestServer.with(.osmem) { server in try await use(Self.index(at: server.url), body) }
        }
    }

    private func use(_ index: any SearchIndex, _ body: (any SearchIndex) async throws -> Void) async throws {
        do {
            try await body(index)
        } catch {
            await index.close()
            throw error
        }
        await index.close()
    }

    var alias: String {
        switch self {
        case .embedded: EmbeddedIndex.alias
        case .postgresql: PostgresIndex.alias
        case .elasticsearch, .openSearch: "doorstep-orders"
        }
    }

    func name(_ stamp: Int64) -> IndexName { IndexName(alias: alias, stamp: stamp) }

    static func index(at url: String, _ change: (inout SearchServer) -> Void = { _ in }) throws -> ElasticsearchIndex {
        var server = SearchServer(nodes: [url])
        change(&server)
        return try ElasticsearchIndex(server, mapping: try mapping(), seed: 1)
    }

    static func mapping() throws -> [UInt8] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        return Array(try Data(contentsOf: root.appending(path: "search/orders-v1.json")))
    }
}
