import Catalog
import Contracts
import Kernel
import Orders
import OrdersService
import Ports
import Runtime
import Shipping
import ShippingService
import Warehouse
import WarehouseService

/// A whole company in one thread, under a virtual clock, from one seed: who acts next, what fails and when the power
/// goes are drawn from it, so the same seed makes the same run.
public final class Simulation {
    /// What a run that went well was like.
    public struct Report: Sendable {
        public let steps: Int
        public let commits: Int
        public let crashes: Int
        public let virtualTime: Duration
        public let ordersByState: [Int64: Int64]
        public let answers: [String: Int]
        public let eventCounts: [String: Int64]
        /// Calls that were not made, since their destination was known to be down.
        public let withheldCalls: Int
        /// Shipments for which more than one booking was tried.
        public let otherCarriers: Int64
        /// All events of all topics, byte for byte.
        public let transcript: [String]
    }

    private let plan: SimulationPlan
    private let clock: VirtualClock
    private let system: SimulatedSystem
    private let checkers: Checkers
    private let customers: Customers
    private let floor: AutoWorker
    private let start: Instant
    private var random: SeededGenerator
    private let floorWork = Outstanding<Int>()
    private let reports = Outstanding<(carrier: String, entry: ReportEntry)>()
    /// By partition: how far the drivers have read.
    private var handovers: [Int64]
    /// Services that are too slow to keep up for a while, so that others run far ahead of them.
    private var away: [Topic: Instant] = [:]
    private var steps = 0

    /// - Parameters:
    ///   - folder: empty; where the databases go.
    ///   - process: the file `processes/order-fulfillment.bpmn`.
    /// - Throws: what opening databases and reading the process throws.
    public init(_ plan: SimulationPlan, folder: String, process: [UInt8]) throws {
        self.plan = plan
        handovers = [Int64](repeating: 0, count: plan.partitions)
        random = SeededGenerator(seed: plan.seed)
        start = Instant(milliseconds: 1_764_000_000_000)
        clock = VirtualClock(start)
        let process = try OrderProcess(xml: process)
        let world = SimulatedWorld(seed: plan.seed ^ 0xBEEF, clock: clock)
        system = try SimulatedSystem(
            folder: folder, process: process, clock: clock, world: world,
            crashes: CrashSwitch(plan.crashes, seed: plan.seed ^ 0xDEAD),
            plan: plan, batchLimit: Int.random(in: 1...48, using: &random))
        checkers = try Checkers(system, process: process)
        let skus = (0..<8).map { "SKU-\($0)" }
        try Opening.run(system, skus: skus, orders: plan.orders)
        customers = Customers(plan: plan, skus: skus, from: clock.now)
        floor = AutoWorker(
            delays: AutoWorker.Delays(
                pick: .seconds(600), pack: .seconds(300), handOver: .seconds(1800), putBack: .seconds(900),
                receive: .seconds(3600)),
            faults: AutoWorker.Faults(shortPickFraction: 0.06, seed: plan.seed))
    }

    /// - Throws: ``SimulationFailure`` with everything that did not hold.
    public func run() throws -> Report {
        while try advance() {
            guard steps < plan.orders * 2000 + 10_000 else { throw failure(["it does not come to an end"]) }
        }
        try check(checkers.end(placed: customers.placed) + customers.problems)
        var states: [Int64: Int64] = [:]
        try checkers.reader(.orders).query("SELECT state, count(*) FROM orders GROUP BY state", []) {
            states[$0.integer(0)] = $0.integer(1)
        }
        return Report(
            steps: steps, commits: system.crashes.commits, crashes: system.crashes.crashes.values.reduce(0, +),
            virtualTime: clock.now - start, ordersByState: states, answers: customers.answers,
            eventCounts: try checkers.eventCounts(), withheldCalls: system.world.withheld,
            otherCarriers: try checkers.reader(.shipping).integer("SELECT count(*) FROM shipments WHERE attempt > 1"),
            transcript: try checkers.transcript())
    }

    /// Everybody acts once, in an order drawn from the seed; some are late.
    /// - Returns: false when nothing is left to do.
    private func advance() throws -> Bool {
        var handled = 0
        var skipped = false
        for topic in Topic.allCases.shuffled(using: &random) {
            if random.chance(0.2) {
                skipped = true
                continue
            }
            bringIn()
            if let until = away[topic], clock.now < until { continue }
            away[topic] = nil
            if random.chance(0.002) { away[topic] = clock.now + .seconds(Int.random(in: 1...1200, using: &random)) }
            handled += try step(topic)
        }
        try workOnFloor()
        try collectParcels()
        if handled > 0 || skipped {
            clock.advance(to: clock.now + .milliseconds(Int.random(in: 1...200, using: &random)))
            return true
        }
        guard let next = try nextDue() else { return false }
        clock.advance(to: max(next, clock.now + .milliseconds(1)))
        return true
    }

    private func step(_ topic: Topic) throws -> Int {
        steps += 1
        var handled = 0
        do throws(Fault) {
            handled = try system.step(topic)
        } catch {
            guard error.code == CrashSwitch.code else { throw failure(["\(topic): \(error)"]) }
            try restart(plan.hasProcessPerService ? [topic] : Topic.allCases)
            handled = 1
        }
        if handled > 0 { try check(checkers.afterStep(of: topic)) }
        if steps.isMultiple(of: plan.stepsPerAudit) { try check(checkers.audit()) }
        return handled
    }

    private func restart(_ services: [Topic]) throws {
        try system.crash(services)
        if services.contains(.orders) { customers.reconnect(system.orders.mailbox) }
        if services.contains(.shipping) { system.world.reportAgain(reports.takeAll()) }
        if services.contains(.warehouse) { _ = floorWork.takeAll() }
    }

    /// What comes from outside: requests, outcomes, reports.
    private func bringIn() {
        customers.act(now: clock.now, system.orders.mailbox)
        for arrival in system.world.arrivals() {
            switch arrival {
            case .outcome(let effect, let outcome): system.deliver(effect, outcome)
            case .report(let carrier, let entry):
                let number = reports.add((carrier, entry))
                system.shipping.mailbox.submit(
                    Submission(.recordReports(carrier: carrier, entries: [withShipment(entry)])) { [reports] answer in
                        if case .accepted = answer { reports.answered(number) }
                    })
            }
        }
    }

    /// As the API does where there are several partitions: a tracking number does not tell its shipment's.
    private func withShipment(_ entry: ReportEntry) -> ReportEntry {
        guard plan.partitions > 1, case .report(about: .trackingNumber(let number), let report, let messageID) = entry,
            let label = system.world.labels.first(where: { $0.trackingNumber == number })
        else { return entry }
        return .report(about: .shipment(label.shipment), report, messageID: messageID)
    }

    private func workOnFloor() throws(Fault) {
        guard floorWork.isEmpty else { return }
        for command in try floor.commands(checkers.reader(.warehouse), now: clock.now) {
            let number = floorWork.add(0)
            system.warehouse.mailbox.submit(
                Submission(command) { [floorWork] _ in floorWork.answered(number) })
        }
    }

    /// The courier's driver takes what was handed over: a fact once it is committed.
    private func collectParcels() throws(Fault) {
        for partition in handovers.indices {
            let events = try LogTable.read(
                .warehouse, checkers.reader(.warehouse), partition: partition, after: handovers[partition], limit: 1000)
            for envelope in events {
                handovers[partition] = envelope.position
                if case .warehouse(.fulfillmentHandedOver(let fact)) = envelope.event {
                    system.world.collect(fact.fulfillmentID, at: clock.now)
                }
            }
        }
    }

    private func nextDue() throws(Fault) -> Instant? {
        let times = [
            system.world.nextDue, customers.nextDue, try system.nextTimer(),
            try floor.nextDue(checkers.reader(.warehouse)),
        ]
        let backs = Topic.allCases.compactMap { away[$0] }
        if let next = (times.compactMap { $0 } + backs).min() { return next }
        return customers.isWaiting || !floorWork.isEmpty ? clock.now : nil
    }

    private func check(_ problems: [String]) throws(SimulationFailure) {
        if !problems.isEmpty { throw failure(problems) }
    }

    private func failure(_ problems: [String]) -> SimulationFailure {
        SimulationFailure(plan: plan, step: steps, problems: problems)
    }
}
