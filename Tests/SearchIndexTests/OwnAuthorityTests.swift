import ElasticsearchIndex
import Foundation
import Kernel
import Ports
import Testing

/// A cluster whose certificates are signed by a company's own authority.
@Suite(.serialized) struct OwnAuthorityTests {
    private let name = IndexKind.openSearch.name(1)

    @Test func onlyTheNamedAuthorityIsTrusted() async throws {
        try await TestServer.with(.osmem) { server in
            try await TLSFront.with(server) { front in
                let trusting = try IndexKind.index(at: front.url) { $0.authorities = front.authority }
                try await trusting.create(name)
                try await trusting.activate(name)
                let changes = SampleOrders.documents.map { IndexChange.put($0) }
                #expect(try await trusting.write(changes, to: name).isEmpty)
                try await trusting.refresh(name)
                #expect(try await trusting.count(in: name) == 5)
                await trusting.close()

                for authorities in [nil, front.stranger] {
                    let index = try IndexKind.index(at: front.url) { server in
                        server.authorities = authorities
                        server.timeout = .seconds(2)
                    }
                    let fault = await #expect(throws: Fault.self) { try await index.count(in: name) }
                    #expect(fault?.code == "search_unavailable" && fault?.isRetryable == true)
                    #expect(
                        fault?.debugDetail.lowercased().contains("certificate") == true, "\(fault?.debugDetail ?? "")")
                    await index.close()
                }
            }
        }
    }

    @Test func aFileWithoutCertificatesIsRefusedAtOnce() throws {
        let path = NSTemporaryDirectory() + "doorstep-no-certificates-" + UUID().uuidString
        for isThere in [false, true] {
            if isThere { try Data("none\n".utf8).write(to: URL(filePath: path)) }
            let fault = #expect(throws: Fault.self) {
                try IndexKind.index(at: "https://127.0.0.1:1") { $0.authorities = path }
            }
            #expect(fault?.code == "file_unusable")
        }
        try FileManager.default.removeItem(atPath: path)
    }
}
