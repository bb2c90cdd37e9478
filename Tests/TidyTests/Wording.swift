/// The words of the repository: American, the domain's own, about the project alone, and without notes left over.
struct Wording {
    private let patterns: [Pattern]

    init() throws {
        // The patterns are put together from pieces, so that this file does not say what it forbids.
        let notes = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"].joined(separator: "|")
        let misspelled = [
            "fulfil" + "ment", "cancel" + "(?:ed|ing)", "col" + "our",
            "behavi" + "our", "fav" + "our", "neighb" + "our", "lab" + "our", "catal" + "ogue", "lic" + "ence",
            "cent" + "re", "gr" + "ey", "travel" + "l(?:ed|ing|er)", "model" + "l(?:ed|ing)", "whil" + "st",
            "(?:normal|organ|serial|initial|recogn|author|util|optim|summar|minim|maxim|final|real)is(?:e|ed|es|ing|ation)",
        ].joined(separator: "|")
        let strangers = [
            "cla" + "ude", "anth" + "ropic", "open" + "ai", "chat" + "gpt", "co" + "pilot", "ll" + "m",
            "co-authored" + "-by", "sub" + "agents?", "coding" + " agents?", "arti" + "factory",
        ].joined(separator: "|")
        let paths = ["/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/[a-z]", "/Us" + "ers/[A-Za-z]"].joined(separator: "|")
        patterns = [
            try Pattern(#"\b(?:\#(notes))\b"#, "say it in the code, or leave it out"),
            try Pattern(#"(?:\#(misspelled))"#, "American spelling, and the words of the domain", ignoringCase: true),
            try Pattern(#"\b(?:\#(strangers))\b"#, "the repository speaks of the project alone", ignoringCase: true),
            try Pattern(#"(?<![\w.])(?:\#(paths))\S*"#, "a path of one machine"),
            try Pattern(#"[ \t\r]+$"#, "white space at the end of a line"),
        ]
    }

    func offences(in file: TextFile) -> [Offence] {
        // The text of the license is not ours.
        if file.path == "LICENSE" { return [] }
        return patterns.flatMap { $0.offences(in: file.text, of: file.path) }
    }
}
