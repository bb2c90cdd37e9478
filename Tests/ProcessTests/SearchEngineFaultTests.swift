import AsyncHTTPClient
import Foundation
import Kernel
import TestServers
import Testing

/// A search engine that is slow, full, overloaded or silent: orders flow as before, what is waiting is told with its
/// reason, and everything is found once the engine has recovered.
@Suite(.serialized)
struct SearchEngineFaultTests {
    private static let block = "cluster_block_exception"

    /// What the engine does, and what is told of it; `nil` where it is only behind.
    private static let troubles: [(SearchEngineTrouble, String?)] = [
        // A flood-stage disk, as Elasticsearch 8 and older ones tell it.
        (.refusesWrites(status: 429, type: block), "search_read_only"),
        (.refusesWrites(status: 403, type: block), "search_read_only"),
        (.refusesWrites(status: 429, type: "es_rejected_execution_exception"), "search_overloaded"),
        (.refuses(status: 503), "search_unavailable"),
        (.refuses(status: 507), "search_unavailable"),
        (.late(.seconds(2)), nil),
        (.silent, "search_unavailable"),
        (.stuck, "search_unavailable"),
    ]

    @Test(.timeLimit(.minutes(5))) func ordersFlowWhateverTheEngineDoes() async throws {
        let engine = try SearchEngine(.openSearch)
        let client = Requester(client: HTTPClient.shared, baseURL: engine.url)
        let program = try await engine.start(client)
        try await Front.with(engine.url) { front in
            var options = Installation.Options(failRate: 0)
            options.serve = ["--search", "\(front.url)?timeout=3"]
            try await Installation.with(options) { installation in
                var placed = 0
                for (trouble, fault) in Self.troubles {
                    front.answer(trouble.answer)
                    for _ in 0..<3 {
                        placed += 1
                        let began = ContinuousClock.now
                        let answer = try await installation.shop.post(
                            "/v1/orders", Shop.order(placed, seed: 1), key: "order-\(placed)")
                        #expect(answer.status == 201, "\(trouble): \(answer.text)")
                        #expect(ContinuousClock.now - began < .seconds(5), "\(trouble)")
                    }
                    try await Self.expectLag(fault, trouble, installation)
                    front.answer(SearchEngineTrouble.none.answer)
                    try await eventuallyTrue("all are found after \(trouble)", within: .seconds(60)) {
                        try await installation.shop.get("/v1/orders?q=item").json["total"]?.integer == Int64(placed)
                    }
                }
                try await eventuallyTrue("nothing waits", within: .seconds(60)) {
                    let status = try await installation.shop.get("/v1/search").json
                    return status["fault"] == nil && status["unread_events"]?.integer == 0
                        && status["waiting_documents"]?.integer == 0
                }
                try await installation.settle()
                let report = try await Program.run(
                    ["search", "verify", "--json", "--data", installation.dataPath, "--search", front.url],
                    in: installation.folder, within: .seconds(60))
                #expect(report.end == .success, "\(report.output)\(report.errors)")
            }
        }
        try await program.killHard()
    }

    /// The API and the console say how far the index is behind, and why.
    private static func expectLag(
        _ fault: String?, _ trouble: SearchEngineTrouble, _ installation: Installation
    ) async throws {
        _ = try await eventually("the lag is told: \(trouble)", within: .seconds(30)) {
            let status = try await installation.shop.get("/v1/search").json
            let isBehind = (status["waiting_documents"]?.integer ?? 0) + (status["unread_events"]?.integer ?? 0) > 0
            return isBehind && (fault == nil || status["fault"]?.string == fault) ? status : nil
        }
        let page = try await installation.shop.get("/search")
        #expect(page.status == 200 && page.text.contains("The index is"), "\(trouble)")
        if let fault {
            let words = fault.replacing("_", with: " ")
            #expect(page.text.contains("it cannot be written: \(words)"), "\(trouble): \(page.text.suffix(2000))")
        }
        let stored = try await installation.shop.get("/v1/orders?q=&limit=1")
        #expect(stored.status == 200, "\(trouble): \(stored.text)")
    }
}
