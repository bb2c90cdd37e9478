/// One invariant with its figure.
public struct AuditCheck: Sendable, Equatable {
    /// What holds, as a short sentence.
    public let name: String
    /// How many things were looked at.
    public let figure: Int64
    /// The first offending documents, at most ten; empty when the invariant holds.
    public let offenders: [String]

    public init(name: String, figure: Int64, offenders: [String]) {
        self.name = name
        self.figure = figure
        self.offenders = offenders
    }

    public var holds: Bool { offenders.isEmpty }
}
