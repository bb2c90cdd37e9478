import Testing

@Suite struct FileShapeTests {
    @Test func filesAndFunctionsAreShort() {
        expectNone(Repository.swift.flatMap(FileShape.offences))
    }

    @Test(arguments: [(399, 0), (400, 0), (401, 1)]) func aFileEndsAtTheLimit(lines: Int, offences: Int) {
        let file = TextFile("Sources/A/B.swift", String(repeating: "\n", count: lines))
        #expect(FileShape.offences(in: file).count == offences)
    }

    @Test(arguments: [(69, 0), (70, 0), (71, 1)]) func aFunctionEndsAtTheLimit(lines: Int, offences: Int) {
        let body = String(repeating: "a()\n", count: lines - 2)
        let file = TextFile("Sources/A/B.swift", "struct A {\nfunc f(a: Int = { 3 }()) {\n\(body)}\n}\n")
        #expect(FileShape.offences(in: file).map(\.line) == (offences == 0 ? [] : [2]))
    }

    @Test func requirementsHaveNoBodyAndCallsOfInitializersAreNoFunctions() {
        let code = "protocol P {\nfunc f()\nvar a: Int { get }\nfunc g() throws -> Int\n}\nlet b = B.init(3) { 1 }\n"
        #expect(FunctionLengths.all(in: code).isEmpty)
    }

    @Test func initializersAndSubscriptsAreCountedToo() {
        let code =
            "struct A {\n    init?(a: Int) {\n        f {\n        }\n    }\n    subscript(a: Int) -> Int { a }\n}\n"
        #expect(FunctionLengths.all(in: code).map(\.lines) == [4, 1])
    }

    @Test(arguments: ["TestHelpers", "StringUtils", "StockManager", "ClockImpl"]) func anEmptyNameIsSeen(name: String) {
        #expect(FileShape.offences(in: TextFile("Sources/A/\(name).swift", "")).count == 1)
    }

    @Test(arguments: ["CancelOrder", "String+Escaping"]) func aNameOfABehaviorIsFine(name: String) {
        #expect(FileShape.offences(in: TextFile("Sources/A/\(name).swift", "")) == [])
    }
}
