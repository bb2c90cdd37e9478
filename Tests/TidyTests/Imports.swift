/// Every import is declared in `Package.swift` for the target that makes it.
struct Imports {
    private static let system: Set<String> = [
        "Foundation", "FoundationXML", "FoundationEssentials", "FoundationNetworking", "Synchronization", "Dispatch",
        "Glibc", "Darwin", "Testing",
    ]

    private let graph: PackageGraph
    private let pattern: Pattern

    init(_ graph: PackageGraph) throws {
        self.graph = graph
        pattern = try Pattern(
            #"^ *(?:@\w+(?:\(\w+\))? +)*(?:(?:public|package|internal|private) +)?import +(?:(?:struct|class|enum|protocol|func|typealias|let|var) +)?(\w+)"#,
            "")
    }

    func offences(in file: TextFile) -> [Offence] {
        guard let target = file.target else { return [] }
        guard let allowed = graph.dependencies[target] else {
            return [Offence(path: file.path, line: 1, what: "Package.swift declares no target \(target)")]
        }
        return pattern.matches(in: file.code).compactMap { match in
            let module = match.groups[1]
            guard !Self.system.contains(module), !allowed.contains(module) else { return nil }
            return Offence(path: file.path, line: match.line, what: "\(target) does not declare \(module)")
        }
    }
}
