import Testing

@Suite struct BannedCallsTests {
    @Test func sourcesMakeNoBannedCall() throws {
        let rule = try BannedCalls()
        expectNone(Repository.sources.flatMap(rule.offences))
    }

    @Test func everyExceptionIsNeeded() throws {
        #expect(try BannedCalls().needlessExceptions(Repository.file) == [])
    }

    @Test(arguments: [
        "let now = Date()", "let now = Date.now", "Int.random(in: 0..<3)",
        "Bool.random()", "all.randomElement()", "all.shuffled()", "UUID()", #""\(UUID())""#, "try! f()",
        "print(a)", "debugPrint(a)", "Thread.sleep(forTimeInterval: 1)", "usleep(3)", "sleep(1)",
        "clock_gettime(CLOCK_REALTIME, &t)", "fatalError()", "var g = SystemRandomNumberGenerator()",
    ]) func anOffenceIsSeen(code: String) throws {
        #expect(
            try BannedCalls().offences(in: TextFile("Sources/A/B.swift", "let a = 1\n\(code)\n")).map(\.line) == [2])
    }

    @Test(arguments: [
        "// Date() is banned", #"let text = "Date()""#, "Date(timeIntervalSince1970: 3)",
        "Int.random(in: 0..<3, using: &g)",
        "all.randomElement(using: &g)", "all.shuffled(using: &g)", "UUID(uuidString: a)", "try f()", "blueprint(a)",
        "terminal.print(a)", "case .sleep(let until)", "case sleep(until: Instant)", "Task.sleep(for: .seconds(1))",
    ]) func whatIsFineIsPassed(code: String) throws {
        #expect(try BannedCalls().offences(in: TextFile("Sources/A/B.swift", code)) == [])
    }

    @Test func anExceptionIsForItsFileAlone() throws {
        let rule = try BannedCalls()
        let path = "Sources/Gateways/MailWriter.swift"
        #expect(rule.offences(in: TextFile(path, "UUID()")) == [])
        #expect(rule.offences(in: TextFile(path, "Date()")).count == 1)
        #expect(rule.needlessExceptions { $0 == path ? TextFile(path, "") : Repository.file($0) } == [path])
    }
}
