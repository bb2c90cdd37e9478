import Contracts
import Kernel
import Runtime

/// How far the broker is behind the logs of this process's services.
enum RelayMetrics {
    private static let lagEvents = "doorstep_relay_lag_events"
    private static let lagSeconds = "doorstep_relay_lag_seconds"
    private static let published = "doorstep_relay_position"
    private static let failures = "doorstep_relay_failures_total"
    private static let up = "doorstep_relay_up"

    /// Nothing where there is no broker.
    static func write(_ services: APIServices, _ text: inout MetricsText) async throws(Problem) {
        let relays = (services.relays?.all ?? [:]).sorted { $0.key < $1.key }
        guard !relays.isEmpty else { return }
        text.family(up, "gauge", "1 while a service's log is published to the broker.")
        for (topic, state) in relays { text.sample(up, [("topic", topic.rawValue)], state.fault == nil ? 1 : 0) }
        text.family(failures, "counter", "Times that publishing failed.")
        for (topic, state) in relays { text.sample(failures, [("topic", topic.rawValue)], Double(state.failures)) }
        var lags: [(labels: [(String, String)], lag: RelayLag)] = []
        for (topic, _) in relays {
            let now = services.clock.now
            let found = try await services.reads(topic).ask { database throws(Fault) in
                try RelayLag.all(database, now: now)
            }
            for lag in found {
                lags.append(([("topic", topic.rawValue), ("partition", String(lag.partition))], lag))
            }
        }
        text.family(published, "gauge", "The last position that the broker acknowledged, at most seconds old.")
        for (labels, lag) in lags { text.sample(published, labels, Double(lag.position)) }
        text.family(lagEvents, "gauge", "Events that the broker does not have yet.")
        for (labels, lag) in lags { text.sample(lagEvents, labels, Double(lag.events)) }
        text.family(lagSeconds, "gauge", "Age of the oldest event that the broker does not have yet.")
        for (labels, lag) in lags { text.sample(lagSeconds, labels, lag.age.inSeconds) }
    }
}
