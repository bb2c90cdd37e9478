/// How long a file and a function may be, and what a file may be called.
enum FileShape {
    static let linesPerFileMax = 400
    static let linesPerFunctionMax = 70
    private static let emptyWords = ["Helper", "Util", "Manager", "Misc", "Common", "Impl", "Stuff"]

    static func offences(in file: TextFile) -> [Offence] {
        guard file.isSwift else { return [] }
        return tooLong(file) + name(file) + functions(file)
    }

    private static func tooLong(_ file: TextFile) -> [Offence] {
        let lines = file.text.utf8.count { $0 == UInt8(ascii: "\n") }
        guard lines > linesPerFileMax, file.path.hasPrefix("Sources/") else { return [] }
        return [Offence(path: file.path, line: lines, what: "\(lines) lines, at most \(linesPerFileMax)")]
    }

    private static func name(_ file: TextFile) -> [Offence] {
        emptyWords.filter { file.name.contains($0) }.map {
            Offence(path: file.path, line: 1, what: "\($0) says nothing; a file is named for its behavior")
        }
    }

    private static func functions(_ file: TextFile) -> [Offence] {
        FunctionLengths.all(in: file.code).filter { $0.lines > linesPerFunctionMax }.map {
            Offence(path: file.path, line: $0.line, what: "\($0.lines) lines, at most \(linesPerFunctionMax)")
        }
    }
}
