import Kernel
import Orders
import OrdersService
import Ports
import Runtime

/// What the dashboard shows of the stores.
struct Figures: Sendable {
    let counts: [OrderState: Int64]
    let tokens: TokenCounts
    /// Drawn once for all who look.
    let diagram: HTML
    /// Newest first.
    let latest: [Order]
    let incidentCount: Int64
    /// Inputs that wait for a person, over all services.
    let deadLetterCount: Int64
}

/// Keeps the dashboard's figures for a moment, so that any number of open pages cost one reading a second.
///
/// A figure is never older than the second that a page waits after a change before it looks again; only when reading
/// takes longer than a tenth of that, it is done less often, so that looking never takes more than a tenth of the time.
actor FiguresBoard {
    private static let validity = Duration.seconds(1)
    private var latest: (figures: Figures, until: ContinuousClock.Instant)?
    private var reading: (task: Task<Result<Figures, Fault>, Never>, since: ContinuousClock.Instant)?

    /// - Complexity: O(orders) over an index and O(1000) processes, at most once a second.
    func figures(_ services: ConsoleServices) async throws(Fault) -> Figures {
        let now = ContinuousClock.now
        if let latest, now < latest.until { return latest.figures }
        let current = reading ?? (Task { await Self.read(services) }, now)
        reading = current
        let result = await current.task.value
        if reading?.task == current.task {
            reading = nil
            let cost = ContinuousClock.now - current.since
            if case .success(let figures) = result { latest = (figures, current.since + max(Self.validity, cost * 10)) }
        }
        return try result.get()
    }

    private static func read(_ services: ConsoleServices) async -> Result<Figures, Fault> {
        do throws(Fault) {
            let process = services.process
            let own = try await services.orders.read { database throws(Fault) in
                (
                    counts: try OrdersQueries.counts(database), tokens: try process.tokenCounts(database),
                    latest: try OrdersQueries.orders(limit: Dashboard.latestCount, database).map(\.order),
                    incidents: try process.incidentCount(database)
                )
            }
            var deadLetters: Int64 = 0
            let search = services.search.map { [$0.reads] } ?? []
            for pool in [services.orders, services.warehouse, services.shipping] + search {
                let count = try await pool.readIfHere { database throws(Fault) in try DeadLetters.openCount(database) }
                deadLetters += count ?? 0
            }
            return .success(
                Figures(
                    counts: own.counts, tokens: own.tokens, diagram: Dashboard.diagram(process.model, own.tokens),
                    latest: own.latest, incidentCount: own.incidents, deadLetterCount: deadLetters))
        } catch {
            return .failure(error)
        }
    }
}
