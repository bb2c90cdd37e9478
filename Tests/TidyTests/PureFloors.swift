/// The targets that only decide: the same input gives the same output, at once.
struct PureFloors {
    static let targets: Set<String> = [
        "Kernel", "Contracts", "Catalog", "Orders", "Warehouse", "Shipping", "BPMN", "SearchLanguage",
    ]

    private let foundation: Pattern
    private let concurrency: Pattern
    private let inputAndOutput: Pattern

    init() throws {
        foundation = try Pattern(
            #"^ *(?:@\w+ +)?(?:public +)?import +(?:struct +)?(?:Foundation\w*|Glibc|Dispatch|Synchronization)\b.*"#,
            "pure targets use the standard library alone")
        concurrency = try Pattern(
            #"\basync\b|\bawait\b|(?<![\w.])Task(?:\.detached)? *[{(]|(?<!\w)actor +[A-Z]"#, "deciding is synchronous")
        inputAndOutput = try Pattern(
            #"\bFileManager\b|\bFileHandle\b|\bProcessInfo\b|\bContinuousClock\b|\bSuspendingClock\b|(?<![.\w])getenv\("#,
            "pure targets see neither files, nor the environment, nor a clock")
    }

    func offences(in file: TextFile) -> [Offence] {
        guard let target = file.target, Self.targets.contains(target), file.path.hasPrefix("Sources/") else {
            return []
        }
        return [foundation, concurrency, inputAndOutput].flatMap { $0.offences(in: file.code, of: file.path) }
    }
}
