import Testing

@Suite struct PureFloorsTests {
    @Test func pureTargetsArePure() throws {
        let rule = try PureFloors()
        expectNone(Repository.sources.flatMap(rule.offences))
        #expect(PureFloors.targets.isSubset(of: Set(Repository.sources.compactMap(\.target))))
    }

    @Test(arguments: [
        "import Foundation", "public import Foundation", "import FoundationXML", "@preconcurrency import Dispatch",
        "func f() async {}", "let a = try await g()", "Task { f() }", "Task.detached { f() }", "actor Stock {}",
        "FileManager.default", "ContinuousClock.now",
    ]) func anOffenceIsSeen(code: String) throws {
        #expect(try PureFloors().offences(in: TextFile("Sources/Orders/A.swift", code)).isEmpty == false)
    }

    @Test(arguments: [
        "import Kernel", "// async", "if kind == .userTask { f() }", "let actor: String", "WorkTask(id: 1)",
    ])
    func whatIsFineIsPassed(code: String) throws {
        #expect(try PureFloors().offences(in: TextFile("Sources/Orders/A.swift", code)) == [])
    }

    @Test func targetsThatTouchTheWorldMay() throws {
        #expect(try PureFloors().offences(in: TextFile("Sources/HTTPAPI/A.swift", "import Foundation")) == [])
    }
}
