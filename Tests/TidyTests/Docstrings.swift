/// Types and functions that other targets see say what they mean.
///
/// Properties, cases and initializers may speak by their names and types; so may operators and the few methods that
/// every payload and generator has. A docstring serves the overloads that follow it, and all members of its extension.
struct Docstrings {
    static let targets: Set<String> = ["Kernel", "Contracts", "Ports", "Runtime"]

    private let declaration: Pattern
    private let commonNames: Set<String> = ["write", "hash"]

    init() throws {
        declaration = try Pattern(
            #"^ *public +(?:(?:static|final|mutating|indirect|nonmutating) +)*(struct|enum|class|actor|protocol|typealias|func|subscript)\b *(\w*)"#,
            "has no docstring")
    }

    func offences(in file: TextFile) -> [Offence] {
        guard let target = file.target, Self.targets.contains(target), file.path.hasPrefix("Sources/") else {
            return []
        }
        let lines = file.text.split(separator: "\n", omittingEmptySubsequences: false)
        var documented: Set<String> = []
        return declaration.matches(in: file.code).compactMap { match -> Offence? in
            let name = match.groups[2]
            let isFunction = match.groups[1] == "func"
            // An operator has no name of letters.
            if isFunction && (name.isEmpty || commonNames.contains(name)) { return nil }
            if hasDocstring(above: match.line, lines) || isInDocumentedExtension(match.line, lines) {
                documented.insert(name)
                return nil
            }
            if isFunction && documented.contains(name) { return nil }
            return Offence(path: file.path, line: match.line, what: "\(name) has no docstring")
        }
    }

    private func hasDocstring(above line: Int, _ lines: [Substring]) -> Bool {
        var index = line - 2
        while index >= 0, lines[index].drop(while: { $0 == " " }).hasPrefix("@") { index -= 1 }
        return index >= 0 && lines[index].drop(while: { $0 == " " }).hasPrefix("///")
    }

    private func isInDocumentedExtension(_ line: Int, _ lines: [Substring]) -> Bool {
        var index = line - 2
        while index >= 0, lines[index] != "}" {
            if lines[index].hasPrefix("extension ") || lines[index].hasPrefix("public extension ") {
                return hasDocstring(above: index + 1, lines)
            }
            index -= 1
        }
        return false
    }
}
