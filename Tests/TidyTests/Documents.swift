/// What documents point at exists, and the README is read to its end.
struct Documents {
    static let readmeLinesMax = 100

    private let link: Pattern
    private let mention: Pattern
    private let makeTarget: Pattern
    private let makeRule: Pattern
    private let command: Pattern
    private let commandName: Pattern

    init() throws {
        link = try Pattern(#"\]\(([^)\s]+)\)|(?:src|href)="([^"]+)""#, "")
        mention = try Pattern(#"`((?:[\w.-]+/)*[\w+-]+\.(?:swift|yaml|bpmn|svg|md))`"#, "")
        makeTarget = try Pattern(#"(?:^ {4,}|`)make ([a-z-]+)"#, "")
        makeRule = try Pattern(#"^([a-z-]+):"#, "")
        command = try Pattern(#"(?:^ {4,}|`)(?:\.build/debug/|\.build/release/)?doorstep ([a-z][a-z-]+)"#, "")
        commandName = try Pattern(#"commandName: *"([a-z-]+)""#, "")
    }

    /// Links whose target is not there.
    func brokenLinks(in file: TextFile, exists: (String) -> Bool) -> [Offence] {
        link.matches(in: file.text).compactMap { match in
            let target = match.groups[1].isEmpty ? match.groups[2] : match.groups[1]
            guard !target.contains("://"), !target.hasPrefix("mailto:"), !target.hasPrefix("#") else { return nil }
            let path = Self.resolve(String(target.prefix { $0 != "#" }), from: file.path)
            guard path.map(exists) != true else { return nil }
            return Offence(path: file.path, line: match.line, what: "\(target) is not there")
        }
    }

    /// Files that a document names between backticks, whole or by the end of their path.
    func missingFiles(in file: TextFile, paths: [String]) -> [Offence] {
        mention.matches(in: file.text).compactMap { match in
            let name = match.groups[1]
            guard !paths.contains(where: { $0 == name || $0.hasSuffix("/" + name) }) else { return nil }
            return Offence(path: file.path, line: match.line, what: "there is no \(name)")
        }
    }

    func tooLong(_ readme: TextFile) -> [Offence] {
        let lines = readme.text.utf8.count { $0 == UInt8(ascii: "\n") }
        guard lines > Self.readmeLinesMax else { return [] }
        return [Offence(path: readme.path, line: lines, what: "\(lines) lines, at most \(Self.readmeLinesMax)")]
    }

    /// `make …` that the Makefile does not have.
    func missingMakeTargets(in file: TextFile, makefile: TextFile) -> [Offence] {
        let known = Set(makeRule.matches(in: makefile.text).map { $0.groups[1] })
        return missing(makeTarget, in: file, known) { "make \($0)" }
    }

    /// `doorstep …` that the command line does not have.
    func missingCommands(in file: TextFile, sources: [TextFile]) -> [Offence] {
        let known = Set(sources.flatMap { commandName.matches(in: $0.text).map { $0.groups[1] } })
        return missing(command, in: file, known) { "doorstep \($0)" }
    }

    private func missing(
        _ pattern: Pattern, in file: TextFile, _ known: Set<String>, _ name: (String) -> String
    ) -> [Offence] {
        pattern.matches(in: file.text).filter { !known.contains($0.groups[1]) }.map {
            Offence(path: file.path, line: $0.line, what: "there is no \(name($0.groups[1]))")
        }
    }

    /// `nil` when it leads out of the repository.
    private static func resolve(_ target: String, from path: String) -> String? {
        var parts = path.split(separator: "/").dropLast().map(String.init)
        for part in target.split(separator: "/") {
            switch part {
            case ".": continue
            case "..":
                guard parts.popLast() != nil else { return nil }
            default: parts.append(String(part))
            }
        }
        return parts.joined(separator: "/")
    }
}
