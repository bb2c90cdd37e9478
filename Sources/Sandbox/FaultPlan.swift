import Kernel

/// How one party misbehaves. Rates are probabilities from 0 to 1, looked at in the order given here: the first that
/// strikes decides what becomes of a request.
public struct FaultPlan: Sendable, Equatable {
    public enum Outage: String, Sendable, CaseIterable {
        case none
        /// Every request is answered 503 with `Retry-After: 1`.
        case unavailable
        /// Every connection is cut as soon as a request came.
        case drop
    }

    /// Before anything happens, milliseconds.
    public var latencyMilliseconds: Int64 = 0
    /// On top, evenly distributed from 0.
    public var jitterMilliseconds: Int64 = 0
    public var outage = Outage.none
    /// 500 before processing.
    public var errorRate = 0.0
    /// 429 with `Retry-After: 1`, before processing.
    public var throttleRate = 0.0
    /// 307 to another address, before processing.
    public var redirectRate = 0.0
    /// Nothing is processed and nothing answered until the client gives up.
    public var hangRate = 0.0
    /// Processed; the answer comes after ``lateMilliseconds``, when the client has given up.
    public var lateRate = 0.0
    public var lateMilliseconds: Int64 = 15_000
    /// Processed; then the connection is cut without an answer.
    public var cutRate = 0.0
    /// Processed; the answer is 200 with something that is no JSON.
    public var garbageRate = 0.0
    /// Processed; the answer comes twice on the same connection.
    public var doubleRate = 0.0
    /// Processed; the answer's body never ends.
    public var endlessRate = 0.0
    /// Does not know references again: every booking makes a new label, every authorization a new one.
    public var forgetsReferences = false
    /// A webhook message is sent once more, a moment later.
    public var webhookDuplicateRate = 0.0
    /// A tracking event is reported ``webhookLateMilliseconds`` after it happened.
    public var webhookLateRate = 0.0
    public var webhookLateMilliseconds: Int64 = 5_000
    /// A message has its events in another order, and goes out after later ones.
    public var webhookReorderRate = 0.0

    public init() {}

    private static let rates: [(StaticString, WritableKeyPath<FaultPlan, Double> & Sendable)] = [
        ("error_rate", \.errorRate), ("throttle_rate", \.throttleRate), ("redirect_rate", \.redirectRate),
        ("hang_rate", \.hangRate), ("late_rate", \.lateRate), ("cut_rate", \.cutRate),
        ("garbage_rate", \.garbageRate), ("double_rate", \.doubleRate), ("endless_rate", \.endlessRate),
        ("webhook_duplicate_rate", \.webhookDuplicateRate), ("webhook_late_rate", \.webhookLateRate),
        ("webhook_reorder_rate", \.webhookReorderRate),
    ]

    private static let times: [(StaticString, WritableKeyPath<FaultPlan, Int64> & Sendable)] = [
        ("latency_ms", \.latencyMilliseconds), ("jitter_ms", \.jitterMilliseconds), ("late_ms", \.lateMilliseconds),
        ("webhook_late_ms", \.webhookLateMilliseconds),
    ]

    /// Changes the members that a document names and keeps the others.
    /// - Throws: `fault_unknown` and `fault_out_of_range` with the member's name; then nothing is changed.
    public mutating func change(by document: JSONValue) throws(SandboxRefusal) {
        var changed = self
        for member in document.object ?? [] {
            if let rate = Self.rates.first(where: { "\($0.0)" == member.name }) {
                guard let value = member.value.number, (0...1).contains(value) else {
                    throw SandboxRefusal(422, "fault_out_of_range", member.name)
                }
                changed[keyPath: rate.1] = value
            } else if let time = Self.times.first(where: { "\($0.0)" == member.name }) {
                guard let value = member.value.integer, (0...3_600_000).contains(value) else {
                    throw SandboxRefusal(422, "fault_out_of_range", member.name)
                }
                changed[keyPath: time.1] = value
            } else if member.name == "outage" {
                guard let outage = member.value.string.flatMap(Outage.init) else {
                    throw SandboxRefusal(422, "fault_out_of_range", member.name)
                }
                changed.outage = outage
            } else if member.name == "forgets_references", let value = member.value.bool {
                changed.forgetsReferences = value
            } else {
                throw SandboxRefusal(422, "fault_unknown", member.name)
            }
        }
        self = changed
    }

    func write(_ json: inout JSONWriter) {
        json.member("outage", outage.rawValue)
        json.member("forgets_references", forgetsReferences)
        for (name, path) in Self.times { json.member(name, self[keyPath: path]) }
        for (name, path) in Self.rates { json.member(name, self[keyPath: path]) }
    }
}

/// What becomes of one request.
enum Mishap: Sendable, Equatable {
    case none
    case unavailable, drop, error, throttle, redirect, hang
    case late, cut, garbage, double, endless
}

extension FaultPlan {
    /// Draws what becomes of one request, and how long it takes.
    func draw(_ generator: inout SeededGenerator) -> (mishap: Mishap, delayMilliseconds: Int64) {
        let jitter = jitterMilliseconds > 0 ? Int64.random(in: 0...jitterMilliseconds, using: &generator) : 0
        let delay = latencyMilliseconds + jitter
        switch outage {
        case .unavailable: return (.unavailable, delay)
        case .drop: return (.drop, 0)
        case .none: break
        }
        let chances: [(Double, Mishap)] = [
            (errorRate, .error), (throttleRate, .throttle), (redirectRate, .redirect), (hangRate, .hang),
            (lateRate, .late), (cutRate, .cut), (garbageRate, .garbage), (doubleRate, .double),
            (endlessRate, .endless),
        ]
        for (rate, mishap) in chances where rate > 0 && generator.chance(rate) { return (mishap, delay) }
        return (.none, delay)
    }
}

/// A request that a party declines, as its API tells it.
public struct SandboxRefusal: Error, Sendable, Equatable {
    public let status: Int
    public let code: String
    public let detail: String

    init(_ status: Int, _ code: String, _ detail: String) {
        self.status = status
        self.code = code
        self.detail = detail
    }
}
