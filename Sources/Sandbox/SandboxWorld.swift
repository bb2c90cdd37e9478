import Kernel
import Synchronization

/// All parties of a sandbox with their books, and everything that happens to them, one thing at a time.
final class SandboxWorld: Sendable {
    static let paymentParty = "payments"

    private struct State {
        var couriers: [CourierBooks]
        var payments: PaymentBooks
        var journeys: Journeys
        var faults: [String: FaultPlan] = [:]
        var draws: [String: UInt64] = [:]
        var requests: [String: Int64] = [:]
        var journal: SandboxJournal?
    }

    private let state: Mutex<State>
    private let indexes: [String: Int]
    private let seed: UInt64
    private let clock: @Sendable () -> Instant

    /// - Throws: `journal_unreadable`.
    init(_ configuration: SandboxConfiguration, clock: @escaping @Sendable () -> Instant) throws(Fault) {
        var indexes: [String: Int] = [:]
        for (index, courier) in configuration.couriers.enumerated() {
            precondition(indexes[courier.code] == nil, "two couriers are called \(courier.code)")
            indexes[courier.code] = index
        }
        self.indexes = indexes
        self.clock = clock
        seed = configuration.seed
        let seed = configuration.seed
        state = Mutex(
            State(
                couriers: configuration.couriers.map { CourierBooks(profile: $0, seed: seed) },
                payments: PaymentBooks(seed: seed), journeys: Journeys(seed: seed)))
        guard let path = configuration.journalPath else { return }
        let journal: Result<Void, Fault> = state.withLock { state in
            do throws(Fault) {
                state.journal = try SandboxJournal(path: path) { Self.replay($0, indexes, &state) }
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        try journal.get()
    }

    var now: Instant { clock() }

    /// Every name that faults can be set for.
    var parties: [String] { indexes.keys.sorted() + [Self.paymentParty] }

    func courier(_ code: String) -> Int? { indexes[code] }

    // MARK: Couriers

    func price(
        _ courier: Int, weightGrams: Int64, country: String, currency: Currency
    ) throws(SandboxRefusal) -> Money {
        try locked { state throws(SandboxRefusal) in
            try state.couriers[courier].price(weightGrams: weightGrams, country: country, currency: currency)
        }
    }

    func book(_ courier: Int, _ booking: CourierBooks.Booking) throws(SandboxRefusal) -> CourierBooks.Label {
        try locked { state throws(SandboxRefusal) in
            let code = state.couriers[courier].profile.code
            let now = clock()
            let forgetful = state.faults[code]?.forgetsReferences ?? false
            let (index, isNew) = try state.couriers[courier].book(booking, at: now, forgetful: forgetful)
            let label = state.couriers[courier].labels[index]
            if isNew {
                state.journeys.begin(courier: courier, label: index, label, state.couriers[courier].profile.journey)
                try Self.write(.booked(courier: code, booking, at: now), state)
            }
            return label
        }
    }

    func label(_ courier: Int, _ reference: String) -> CourierBooks.Label? {
        state.withLock { $0.couriers[courier].label(reference) }
    }

    func void(_ courier: Int, _ reference: String) throws(SandboxRefusal) {
        try locked { state throws(SandboxRefusal) in
            guard try state.couriers[courier].void(reference) else { return }
            try Self.write(.voided(courier: state.couriers[courier].profile.code, reference: reference), state)
        }
    }

    /// Makes the scans that are due now, and tells each courier's number with its event.
    func scans(limit: Int) -> [(courier: Int, event: TrackingEvent)] {
        let now = clock()
        return state.withLock { state in
            var events: [(courier: Int, event: TrackingEvent)] = []
            state.journeys.advance(to: now, limit: limit, &state.couriers) { events.append(($0, $1)) }
            return events
        }
    }

    // MARK: Payment

    func pay(_ request: PaymentBooks.Request) throws(SandboxRefusal) -> PaymentBooks.Operation {
        try locked { state throws(SandboxRefusal) in
            let forgetful = state.faults[Self.paymentParty]?.forgetsReferences ?? false
            let (operation, isNew) = try state.payments.perform(request, forgetful: forgetful)
            if isNew { try Self.write(.paid(request), state) }
            return operation
        }
    }

    func operation(_ reference: String) -> PaymentBooks.Operation? {
        state.withLock { $0.payments.operation(reference) }
    }

    // MARK: Faults

    func faults(_ party: String) -> FaultPlan { state.withLock { $0.faults[party] ?? FaultPlan() } }

    func changeFaults(_ party: String, by document: JSONValue) throws(SandboxRefusal) -> FaultPlan {
        try locked { state throws(SandboxRefusal) in
            var plan = state.faults[party] ?? FaultPlan()
            try plan.change(by: document)
            state.faults[party] = plan
            return plan
        }
    }

    func clearFaults(_ party: String) { state.withLock { $0.faults[party] = nil } }

    /// Draws what becomes of a request: by the seed, what it is about, and how often that was asked before.
    func draw(_ party: String, about subject: String) -> (plan: FaultPlan, mishap: Mishap, delayMilliseconds: Int64) {
        state.withLock { state in
            state.requests[party, default: 0] += 1
            guard let plan = state.faults[party], plan != FaultPlan() else { return (FaultPlan(), .none, 0) }
            let key = "\(party)/\(subject)"
            let count = state.draws[key, default: 0]
            state.draws[key] = count + 1
            var generator = SeededGenerator(seed: StableHash.of("\(key)/\(count)", seed: seed))
            let (mishap, delay) = plan.draw(&generator)
            return (plan, mishap, delay)
        }
    }

    // MARK: Books

    /// A copy of all books, as of one moment.
    func books() -> (couriers: [CourierBooks], payments: PaymentBooks, underWay: Int, requests: [String: Int64]) {
        state.withLock { ($0.couriers, $0.payments, $0.journeys.count, $0.requests) }
    }

    private func locked<Value>(
        _ body: (inout State) throws(SandboxRefusal) -> Value
    ) throws(SandboxRefusal) -> Value where Value: Sendable {
        let result: Result<Value, SandboxRefusal> = state.withLock { state in
            do throws(SandboxRefusal) {
                return .success(try body(&state))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private static func write(_ entry: SandboxJournal.Entry, _ state: State) throws(SandboxRefusal) {
        do throws(Fault) {
            try state.journal?.append(entry)
        } catch {
            throw SandboxRefusal(500, "journal_unwritable", error.debugDetail)
        }
    }

    private static func replay(_ entry: SandboxJournal.Entry, _ indexes: [String: Int], _ state: inout State) {
        // What was accepted once is accepted again; a courier that was taken out of the configuration is skipped.
        switch entry {
        case .booked(let courier, let booking, let at):
            guard let index = indexes[courier],
                let booked = try? state.couriers[index].book(booking, at: at, forgetful: true)
            else { return }
            state.journeys.begin(
                courier: index, label: booked.index, state.couriers[index].labels[booked.index],
                state.couriers[index].profile.journey)
        case .voided(let courier, let reference):
            guard let index = indexes[courier] else { return }
            _ = try? state.couriers[index].void(reference)
        case .paid(let request): _ = try? state.payments.perform(request, forgetful: true)
        }
    }
}
