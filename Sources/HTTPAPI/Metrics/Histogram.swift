/// How often values fell into which range, as Prometheus counts.
struct Histogram: Sendable {
    /// Upper limits, ascending; above the last is one more range.
    let limits: [Double]
    private(set) var counts: [Int]
    private(set) var sum = 0.0

    init(limits: [Double]) {
        self.limits = limits
        counts = [Int](repeating: 0, count: limits.count + 1)
    }

    /// Seconds of a request.
    static let seconds = Histogram(
        limits: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30])
    /// Events of a commit.
    static let sizes = Histogram(limits: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000])

    mutating func add(_ value: Double) {
        sum += value
        counts[limits.firstIndex { value <= $0 } ?? limits.count] += 1
    }
}

extension Duration {
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
