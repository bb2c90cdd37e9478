import Testing

@Suite struct DocstringsTests {
    @Test func whatOthersSeeIsDocumented() throws {
        expectNone(Repository.sources.flatMap(try Docstrings().offences))
        #expect(Docstrings.targets.isSubset(of: Set(Repository.sources.compactMap(\.target))))
    }

    @Test(arguments: [
        "public struct A {}", "public func f() {}", "public static func f() {}", "public protocol P {}",
        "    public enum B {}", "// Why.\npublic func f() {}", "/// A.\n\npublic func f() {}",
        "extension A {\n    public func f() {}\n}", "/// A.\nextension A {\n}\n\npublic func f() {}",
        "/// A.\npublic func g() {}\npublic func f() {}",
    ]) func anOffenceIsSeen(code: String) throws {
        #expect(try Docstrings().offences(in: TextFile("Sources/Kernel/A.swift", code)).count == 1)
    }

    @Test(arguments: [
        "struct A {}", "/// A.\npublic struct A {}", "/// A.\n@discardableResult\npublic func f() {}",
        "public static func < (left: Self, right: Self) -> Bool {", "public func write(_ json: inout JSONWriter) {",
        "public let a = 1", "public init() {}", "/// A.\npublic func f() {}\npublic func f(a: Int) {}",
        "/// A.\nextension A {\n    public func f() {}\n    public func g() {}\n}",
    ]) func whatIsFineIsPassed(code: String) throws {
        #expect(try Docstrings().offences(in: TextFile("Sources/Kernel/A.swift", code)) == [])
    }

    @Test func otherTargetsMaySpeakByTheirNames() throws {
        #expect(try Docstrings().offences(in: TextFile("Sources/Console/A.swift", "public struct A {}")) == [])
    }
}
