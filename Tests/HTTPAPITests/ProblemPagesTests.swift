import Foundation
import Kernel
import Testing

@testable import HTTPAPI

/// A problem's `type` leads to a page.
@Suite struct ProblemPagesTests {
    let system: TestSystem

    init() async throws { system = try await TestSystem() }

    private func get(_ path: String, accept: String = "*/*") async throws -> TestAnswer {
        try await system.client.send(.get, path, headers: ["accept": accept], token: .some(nil))
    }

    @Test func everyCodeHasItsPageInBothForms() async throws {
        for (code, entry) in ProblemCatalog.entries {
            let json = try await get("/problems/\(code)")
            #expect(json.json["code"]?.string == code)
            #expect(json.json["status"]?.integer == Int64(entry.status))
            let page = try await get("/problems/\(code)", accept: "text/html,application/xhtml+xml")
            #expect(page.header("content-type") == "text/html; charset=utf-8")
            #expect(page.text.contains("<code>\(code)</code>, HTTP status \(entry.status)"))
            #expect(page.header("content-security-policy") == "default-src 'none'")
        }
        let list = try await get("/problems")
        #expect(list.json["data"]?.array?.count == ProblemCatalog.entries.count)
        #expect(try await get("/problems", accept: "text/html").text.contains("/problems/insufficient_stock"))
    }

    @Test func aProblemsTypeResolves() async throws {
        let problem = try await system.client.get("/v1/orders/nonsense")
        let type = try #require(problem.json["type"]?.string)
        #expect(try await get(type).json["title"] == problem.json["title"])
        #expect(try await get("/problems/nothing").status == 404)
    }

    /// Reads the rejections' own files, so that a new case cannot be forgotten.
    @Test func everyCodeOfARejectionIsInTheCatalog() throws {
        let sources = TestSystem.repository + "/Sources"
        var found = 0
        for folder in ["Orders", "Catalog", "Warehouse", "Shipping", "OrdersService", "Signing"] {
            let files = FileManager.default.enumerator(atPath: "\(sources)/\(folder)")
            while let name = files?.nextObject() as? String {
                // What Payment refuses is a fault of the process and never an answer.
                guard name.hasSuffix(".swift"), name != "Payment.swift" else { continue }
                let text = try String(contentsOfFile: "\(sources)/\(folder)/\(name)", encoding: .utf8)
                for code in Self.codes(text) {
                    found += 1
                    #expect(ProblemCatalog.entries[code] != nil, "\(name): \(code) has no page")
                }
            }
        }
        #expect(found > 60)
    }

    /// The texts of `var code` of every public enum that is a `Rejection`.
    private static func codes(_ text: String) -> [String] {
        guard text.contains(/public enum \w+: Rejection \{/) else { return [] }
        var codes: [String] = []
        for part in text.components(separatedBy: "public enum ").dropFirst() {
            guard part.prefix(while: { $0 != "{" }).contains(": Rejection"),
                let start = part.range(of: "public var code: String {"),
                let end = part.range(of: "public var detail", range: start.upperBound..<part.endIndex)
            else { continue }
            codes += part[start.upperBound..<end.lowerBound].matches(of: /: "([a-z_]+)"/).map { String($0.1) }
        }
        return codes
    }

    @Test func codesAreFoundInASample() {
        let sample = """
            public enum SampleRejection: Rejection {
                public var code: String { switch self { case .no: "no_sample" } }
                public var detail: String { "" }
            }
            """
        #expect(Self.codes(sample) == ["no_sample"])
    }
}
