import Contracts
import Runtime
import Synchronization

/// What this process counts about itself: requests and commits.
public final class APIMetrics: CommitObserver {
    private struct Commits {
        var size = Histogram.sizes
        var appended = 0
        var consumed = 0
    }

    private let routes = Mutex<[RouteMetrics]>([])
    private let commits = Mutex<[String: Commits]>([:])

    public init() {}

    public func committed(_ record: CommitRecord) {
        commits.withLock { commits in
            var counted = commits.removeValue(forKey: record.service) ?? Commits()
            counted.size.add(Double(record.appended.count + record.consumed.count))
            counted.appended += record.appended.count
            counted.consumed += record.consumed.count
            commits[record.service] = counted
        }
    }

    func route(_ method: String, _ path: String) -> RouteMetrics {
        let metrics = RouteMetrics(method: method, path: path)
        routes.withLock { $0.append(metrics) }
        return metrics
    }

    func write(_ text: inout MetricsText) {
        let counted = routes.withLock { $0 }.map { ($0, $0.snapshot) }.filter { !$0.1.statuses.isEmpty }
        text.family("doorstep_http_requests_total", "counter", "Requests answered.")
        for (route, state) in counted {
            for (status, count) in state.statuses.sorted(by: { $0.key < $1.key }) {
                text.sample(
                    "doorstep_http_requests_total",
                    [("method", route.method), ("route", route.path), ("status", String(status))], Double(count))
            }
        }
        text.family("doorstep_http_request_seconds", "histogram", "Time from request to answer.")
        for (route, state) in counted {
            text.histogram(
                "doorstep_http_request_seconds", [("method", route.method), ("route", route.path)], state.seconds)
        }
        writeCommits(&text)
    }

    private func writeCommits(_ text: inout MetricsText) {
        let commits = commits.withLock { $0 }.sorted { $0.key < $1.key }
        text.family("doorstep_events_appended_total", "counter", "Events that a service appended to its topic.")
        for (service, counted) in commits {
            text.sample("doorstep_events_appended_total", [("topic", service)], Double(counted.appended))
        }
        text.family("doorstep_events_consumed_total", "counter", "Events that a service reacted to.")
        for (service, counted) in commits {
            text.sample("doorstep_events_consumed_total", [("service", service)], Double(counted.consumed))
        }
        text.family("doorstep_commit_events", "histogram", "Events appended and consumed per commit.")
        for (service, counted) in commits {
            text.histogram("doorstep_commit_events", [("service", service)], counted.size)
        }
    }
}

/// What one route counts.
final class RouteMetrics: Sendable {
    struct State: Sendable {
        var statuses: [Int: Int] = [:]
        var seconds = Histogram.seconds
    }

    let method: String
    let path: String
    private let state = Mutex(State())

    init(method: String, path: String) {
        self.method = method
        self.path = path
    }

    var snapshot: State { state.withLock { $0 } }

    func count(status: Int, _ duration: Duration) {
        state.withLock { state in
            state.statuses[status, default: 0] += 1
            state.seconds.add(duration.inSeconds)
        }
    }
}
