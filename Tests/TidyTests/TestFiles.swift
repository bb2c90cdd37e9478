/// A file of tests is called `…Tests`, and what is called so has tests: a test elsewhere is not found by its name.
struct TestFiles {
    private let test: Pattern

    init() throws {
        test = try Pattern(#"@Test\b"#, "")
    }

    func offences(in file: TextFile) -> [Offence] {
        guard file.isSwift, file.path.hasPrefix("Tests/") else { return [] }
        let hasTests = !test.matches(in: file.code).isEmpty
        guard hasTests != file.name.hasSuffix("Tests.swift") else { return [] }
        let what = hasTests ? "has tests, and is not called …Tests" : "is called …Tests, and has none"
        return [Offence(path: file.path, line: 1, what: what)]
    }
}
