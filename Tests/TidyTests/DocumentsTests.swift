import Testing

@Suite struct DocumentsTests {
    @Test func everyLinkLeadsSomewhere() throws {
        let rule = try Documents()
        #expect(Repository.documents.count >= 3)
        expectNone(Repository.documents.flatMap { rule.brokenLinks(in: $0, exists: Repository.exists) })
    }

    @Test func everyFileThatADocumentNamesIsThere() throws {
        let rule = try Documents()
        let paths = Repository.files.map(\.path)
        expectNone(Repository.documents.flatMap { rule.missingFiles(in: $0, paths: paths) })
    }

    @Test func theReadmeIsShortAndTrue() throws {
        let rule = try Documents()
        let readme = try #require(Repository.file("README.md"))
        expectNone(rule.tooLong(readme))
        expectNone(rule.missingMakeTargets(in: readme, makefile: try #require(Repository.file("Makefile"))))
        expectNone(rule.missingCommands(in: readme, sources: commandSources))
    }

    @Test(arguments: [
        "[a](gone.md)", "![a](docs/gone.svg)", "<img src=\"gone.svg\">", "[a](../../gone)", "[a](gone.md#b)",
    ])
    func aBrokenLinkIsSeen(text: String) throws {
        let file = TextFile("docs/A.md", "\n" + text)
        #expect(try Documents().brokenLinks(in: file, exists: { $0 == "docs/there.md" }).map(\.line) == [2])
    }

    @Test(arguments: ["[a](there.md)", "[a](../docs/./there.md#b)", "[a](https://example.org)", "[a](#b)", "f(a)[0]"])
    func aLinkThatLeadsSomewhereIsFine(text: String) throws {
        #expect(try Documents().brokenLinks(in: TextFile("docs/A.md", text), exists: { $0 == "docs/there.md" }) == [])
    }

    @Test(arguments: [
        ("`Orders/Gone.swift`", 1), ("`Gone.swift`", 1), ("`Orders/Cancel.swift`", 0), ("`cel.swift`", 1),
    ])
    func filesAreNamedByTheEndOfTheirPath(text: String, offences: Int) throws {
        let rule = try Documents()
        let paths = ["Sources/Orders/Cancel.swift"]
        #expect(rule.missingFiles(in: TextFile("A.md", text), paths: paths).count == offences)
    }

    @Test(arguments: [(99, 0), (100, 0), (101, 1)]) func aReadmeEndsAtTheLimit(lines: Int, offences: Int) throws {
        let file = TextFile("README.md", String(repeating: "\n", count: lines))
        #expect(try Documents().tooLong(file).count == offences)
    }

    @Test(arguments: [("`make gone`", 1), ("    make gone", 1), ("`make run PORT=1`", 0), ("they make up", 0)])
    func makeTargetsExist(text: String, offences: Int) throws {
        let makefile = TextFile("Makefile", "run: prepare\n\tswift build\n")
        #expect(try Documents().missingMakeTargets(in: TextFile("A.md", text), makefile: makefile).count == offences)
    }

    @Test(arguments: [
        ("`doorstep gone --json`", 1), ("    doorstep gone", 1), ("`doorstep serve [--sandbox]`", 0),
        ("a doorstep of", 0),
    ]) func commandsExist(text: String, offences: Int) throws {
        let source = TextFile("Sources/doorstep/A.swift", "CommandConfiguration(commandName: \"serve\")")
        #expect(try Documents().missingCommands(in: TextFile("A.md", text), sources: [source]).count == offences)
    }

    private var commandSources: [TextFile] { Repository.sources.filter { $0.target == "doorstep" } }
}
