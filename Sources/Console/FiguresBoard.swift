import Kernel
import Orders
import OrdersService

/// What the dashboard counts.
struct Figures: Sendable {
    let counts: [OrderState: Int64]
    let tokens: TokenCounts
}

/// Keeps the dashboard's figures for a moment, so that any number of open pages cost one count a second.
actor FiguresBoard {
    private static let validity = Duration.seconds(1)
    private var latest: (figures: Figures, at: ContinuousClock.Instant)?
    private var reading: Task<Result<Figures, Fault>, Never>?

    /// - Complexity: O(orders) over an index and O(1000) processes, at most once a second.
    func figures(_ services: ConsoleServices) async throws(Fault) -> Figures {
        if let latest, ContinuousClock.now - latest.at < Self.validity { return latest.figures }
        let task = reading ?? Task { await Self.read(services) }
        reading = task
        let result = await task.value
        if reading == task {
            reading = nil
            if case .success(let figures) = result { latest = (figures, ContinuousClock.now) }
        }
        return try result.get()
    }

    private static func read(_ services: ConsoleServices) async -> Result<Figures, Fault> {
        do throws(Fault) {
            let process = services.process
            return .success(
                try await services.orders.read { database throws(Fault) in
                    Figures(
                        counts: try OrdersQueries.counts(database), tokens: try process.tokenCounts(database))
                })
        } catch {
            return .failure(error)
        }
    }
}
