/// The table "The floors" of `ARCHITECTURE.md`: which target stands on which floor.
struct Floors {
    let floors: [String: Int]

    init(_ document: String) throws {
        let row = try Pattern(#"^\| *(\d+) *\| *(`[^|]+`) *\|"#, "")
        let name = try Pattern(#"`(\w+)`"#, "")
        var floors: [String: Int] = [:]
        for match in row.matches(in: document) {
            for target in name.matches(in: match.groups[2]) { floors[target.groups[1]] = Int(match.groups[1]) }
        }
        self.floors = floors
    }

    /// Every target has its floor, and depends on lower floors alone.
    func offences(_ graph: PackageGraph) -> [Offence] {
        var found: [Offence] = []
        for target in graph.targets.sorted() {
            guard let floor = floors[target] else {
                found.append(Offence(path: "ARCHITECTURE.md", line: 1, what: "no floor for \(target)"))
                continue
            }
            for dependency in (graph.dependencies[target] ?? []).sorted() {
                guard let below = floors[dependency], below >= floor else { continue }
                found.append(
                    Offence(
                        path: "Package.swift", line: 1,
                        what: "\(target) on floor \(floor) depends on \(dependency) on floor \(below)"))
            }
        }
        for target in floors.keys.sorted() where !graph.targets.contains(target) {
            found.append(Offence(path: "ARCHITECTURE.md", line: 1, what: "there is no target \(target)"))
        }
        return found
    }
}
