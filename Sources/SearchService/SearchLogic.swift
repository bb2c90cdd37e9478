import Contracts
import Kernel
import Ports
import Runtime

/// Search as a service: listens to every topic, keeps one fold per order, and publishes nothing.
///
/// What it writes is what the log says and no more. Writing an index is the ``Indexer``'s, which reads the folds that
/// changed: an engine that is slow or down stops no batch here.
public final class SearchLogic: ServiceLogic {
    public typealias Command = SearchCommand
    public typealias Reply = SearchReply

    public static let serviceName = "search"
    public let name = SearchLogic.serviceName
    public let topic: Topic? = nil
    public let subscriptions: [Topic] = Topic.allCases
    public let migrations = SearchMigrations.all

    private let wakeup: @Sendable () -> Void

    /// - Parameter wakeup: called after each commit: there may be something for the indexer.
    public init(wakeup: @escaping @Sendable () -> Void = {}) { self.wakeup = wakeup }

    public func key(of command: SearchCommand) -> Int64? { nil }

    public func process(
        _ inputs: [Input<SearchCommand>], now: Instant, in database: any DatabaseConnection,
        outbox: inout Outbox<SearchReply>
    ) throws(Fault) {
        var envelopes: [Envelope] = []
        for input in inputs {
            switch input {
            case .event(let envelope): if envelope.event.concernsOrder { envelopes.append(envelope) }
            case .command(.noteWritten(let position), let slot):
                try IndexPositions.note(position, database)
                outbox.reply(slot, .done)
            case .command(.mend(let folds, let partition), let slot):
                try FoldTable.mend(folds, partition: partition, database)
                outbox.reply(slot, .done)
            case .command(.saveSearch(let search), let slot):
                do throws(SavedSearchRejection) {
                    try SavedSearches.check(search, now: now)
                } catch {
                    outbox.reject(slot, error)
                    continue
                }
                if try SavedSearches.save(search, database) {
                    outbox.reply(slot, .done)
                } else {
                    outbox.reject(slot, SavedSearchRejection.tooMany)
                }
            case .command(.removeSearch(let name), let slot):
                try SavedSearches.remove(name, database)
                outbox.reply(slot, .done)
            // This service sets no timers and asks nothing of the outside.
            case .timer, .outcome, .withdrawn: break
            }
        }
        guard !envelopes.isEmpty else { return }
        var folds = try FoldTable.load(Set(envelopes.map(\.key)).sorted(), database)
        for envelope in envelopes { folds[envelope.key, default: OrderFold()].apply(envelope) }
        try FoldTable.save(folds, partition: envelopes[0].partition, database)
    }

    public func committed() { wakeup() }
}

extension Event {
    /// Whether its key is an order's.
    var concernsOrder: Bool {
        switch self {
        case .orders(.productRegistered), .warehouse(.stockReceived), .warehouse(.stockAdjusted),
            .warehouse(.stockLevelChanged):
            false
        default: true
        }
    }
}
