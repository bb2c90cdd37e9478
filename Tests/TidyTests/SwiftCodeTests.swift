import Testing

@Suite struct SwiftCodeTests {
    @Test(arguments: [
        ("let a = 1 // b", "let a = 1     "),
        ("a /* b /* c */ d */ e", "a                   e"),
        (#"f("b") + c"#, #"f(" ") + c"#),
        (#""a\"b" + c"#, #""    " + c"#),
        (#""a\(b("c"))d" + e"#, #""  (b(" ")) " + e"#),
        (##"#"a"b\(c)"# + d"##, ##"#"       "# + d"##),
        (##"#"a\#(b)"# + d"##, ##"#"   (b)"# + d"##),
        ("\"\"\"\n a \"b\" // c\n \"\"\" + d", "\"\"\"\n           \n \"\"\" + d"),
        ("a / b * c", "a / b * c"),
    ]) func commentsAndTextBecomeBlanksAndInterpolationsStay(text: String, code: String) {
        #expect(SwiftCode.only(of: text) == code)
    }

    @Test func everySourceKeepsItsLines() {
        #expect(Repository.swift.count > 500)
        for file in Repository.swift {
            #expect(
                file.code.utf8.count { $0 == 10 } == file.text.utf8.count { $0 == 10 }, Comment(rawValue: file.path))
        }
    }
}
