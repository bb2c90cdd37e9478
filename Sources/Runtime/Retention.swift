import Kernel

/// How long rows are kept that nobody needs for ever. The time of removal is written into each row, so a change here
/// is for what is written from then on.
public struct Retention: Sendable, Equatable {
    /// After they were appended; longer while a reader has not come to them.
    public var events: Duration
    /// After they ended; those that have not ended are kept.
    public var effects: Duration
    /// Answers under idempotency keys, after they were given.
    public var answers: Duration

    public init(
        events: Duration = .seconds(90 * 86_400), effects: Duration = .seconds(90 * 86_400),
        answers: Duration = .seconds(86_400)
    ) {
        precondition(
            events > .zero && effects > .zero && answers > .zero, "\(events), \(effects), \(answers)")
        self.events = events
        self.effects = effects
        self.answers = answers
    }
}
