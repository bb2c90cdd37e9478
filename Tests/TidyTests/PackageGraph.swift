/// What `Package.swift` declares, read from its text.
struct PackageGraph {
    /// Target → what it may import: targets and products of packages.
    let dependencies: [String: Set<String>]
    /// Targets under `Sources` that are made of Swift.
    let targets: Set<String>
    /// Targets under `Tests`.
    let testTargets: Set<String>

    init(_ manifest: String) throws {
        let products = try Self.products(manifest)
        let call = try Pattern(
            #"^ +(floor|tests|\.executableTarget|\.target|\.testTarget)\(\s*(?:name: )?"(\w+)"([^()]*(?:\([^()]*\)[^()]*)*)\)"#,
            "")
        let item = try Pattern(#""(\w+)"|\b(\w+)\b(?!:)"#, "")
        var dependencies: [String: Set<String>] = [:]
        var targets: Set<String> = []
        var testTargets: Set<String> = []
        for match in call.matches(in: manifest) {
            let name = match.groups[2]
            let items = item.matches(in: match.groups[3]).compactMap { found -> String? in
                found.groups[1].isEmpty ? products[found.groups[2]] : found.groups[1]
            }
            dependencies[name] = Set(items)
            if match.groups[1] == "tests" || match.groups[1] == ".testTarget" {
                testTargets.insert(name)
            } else {
                targets.insert(name)
            }
        }
        self.dependencies = dependencies
        self.targets = targets
        self.testTargets = testTargets
    }

    /// `let nio = Target.Dependency.product(name: "NIOCore", …)` → `nio: NIOCore`.
    private static func products(_ manifest: String) throws -> [String: String] {
        let pattern = try Pattern(#"^let (\w+) = Target\.Dependency\.product\(name: "(\w+)""#, "")
        return Dictionary(
            pattern.matches(in: manifest).map { ($0.groups[1], $0.groups[2]) }, uniquingKeysWith: { first, _ in first })
    }
}
