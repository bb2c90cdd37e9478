import Testing

@Suite struct TestFilesTests {
    @Test func filesOfTestsAreCalledSo() throws {
        expectNone(Repository.files.flatMap(try TestFiles().offences))
    }

    @Test(arguments: [
        ("OrderTests", "@Test func a() {}", 0), ("OrderTests", "// @Test", 1), ("OrderBench", "struct A {}", 0),
        ("OrderBench", "@Test(arguments: []) func a() {}", 1),
    ]) func namesAndContentsAgree(name: String, code: String, offences: Int) throws {
        #expect(try TestFiles().offences(in: TextFile("Tests/A/\(name).swift", code)).count == offences)
    }
}
