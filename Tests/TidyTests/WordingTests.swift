import Testing

@Suite struct WordingTests {
    @Test func theRepositoryIsWellWorded() throws {
        expectNone(Repository.files.flatMap(try Wording().offences))
        #expect(Repository.file("Makefile") != nil && Repository.file("processes/order-fulfillment.bpmn") != nil)
    }

    @Test(arguments: [
        "// TO" + "DO: later", "let a = 1 // FIX" + "ME", "an order is cancel" + "ed",
        "ful" + "filment", "JobBehavi" + "our", "COL" + "OUR", "normal" + "ised", "by Cla" + "ude",
        "Co-Authored" + "-By: me", "see /ro" + "ot/x", "(/wo" + "rk/main)", "let a = 1 ", "let a = 1\t",
    ]) func anOffenceIsSeen(text: String) throws {
        #expect(try Wording().offences(in: TextFile("README.md", "fine\n\(text)\nfine")).first?.line == 2)
    }

    @Test(arguments: [
        "fulfillment", "cancelled and cancelling", "color", "labelled", "hackney", "exercise", "promised",
        "Sources/work/A.swift", "api.example/root/a", "user-agent", "todo_list",
    ]) func whatIsFineIsPassed(text: String) throws {
        #expect(try Wording().offences(in: TextFile("README.md", text)) == [])
    }

    @Test func theLicenseKeepsItsOwnWords() throws {
        #expect(try Wording().offences(in: TextFile("LICENSE", "lic" + "ence ")) == [])
    }
}
