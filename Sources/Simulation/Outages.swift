import Kernel

/// When each outside party is down: now and then, for minutes or an hour.
struct Outages {
    private struct Window {
        var begin: Instant
        var end: Instant
    }

    private static let parties = ["carrier/swift", "carrier/turtle", "payment"]

    private var random: SeededGenerator
    /// The outage that each party has or will have next.
    private var windows: [String: Window] = [:]

    init(seed: UInt64, from start: Instant) {
        random = SeededGenerator(seed: seed ^ 0xDA4)
        for party in Self.parties { windows[party] = next(after: start) }
    }

    /// - Returns: when the outage that the party has now is over; `nil` when it has none.
    mutating func end(_ party: String, at now: Instant) -> Instant? {
        guard var window = windows[party] else { return nil }
        while window.end <= now { window = next(after: window.end) }
        windows[party] = window
        return window.begin <= now ? window.end : nil
    }

    private mutating func next(after instant: Instant) -> Window {
        let begin = instant + .seconds(Int.random(in: 300...14_400, using: &random))
        return Window(begin: begin, end: begin + .seconds(Int.random(in: 120...3600, using: &random)))
    }
}
