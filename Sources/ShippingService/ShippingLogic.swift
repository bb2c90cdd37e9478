import Contracts
import Kernel
import Ports
import Runtime
import Shipping

/// Shipping as a service: it books what Orders asks to ship, follows what couriers report, and says what changed.
///
/// Everything that decides is in the target `Shipping`; here rows are loaded, decisions made in order, and what they
/// ask for put into the outbox.
public final class ShippingLogic: ServiceLogic {
    public typealias Command = ShippingCommand
    public typealias Reply = ShippingReply

    public let topic: Topic? = .shipping
    public let subscriptions: [Topic] = [.orders, .warehouse]
    public let migrations = ShippingMigrations.all

    public let policy: ShippingPolicy
    private let partition: Partition
    private var ids: IDGenerator?
    private let inMemory = ShipmentsInMemory()

    public init(policy: ShippingPolicy = .standard, partition: Partition = .whole) {
        self.policy = policy
        self.partition = partition
    }

    /// Reports are facts about parcels, whatever became of their orders: they wait for nobody.
    public func key(of command: ShippingCommand) -> Int64? { nil }

    public func process(
        _ inputs: [Input<ShippingCommand>], now: Instant, in database: any DatabaseConnection,
        outbox: inout Outbox<ShippingReply>
    ) throws(Fault) {
        if ids == nil {
            ids = IDGenerator(after: try database.integer("SELECT max(id) FROM shipments"), in: partition)
        }
        let names = ShippingNames(inputs)
        var set = ShippingWorkingSet(names)
        inMemory.begin()
        try set.load(names, inMemory, database)
        for input in inputs {
            switch input {
            case .event(let envelope): try react(envelope.event, &set, &outbox, now: now)
            case .outcome(let effect, let outcome): try conclude(effect, outcome, &set, &outbox, now: now)
            case .withdrawn(let effect): try concludeWithdrawal(effect, &set, &outbox, now: now)
            case .timer(let key): try wake(key, &set, &outbox, now: now)
            case .command(.recordReports(let carrier, let entries), let slot):
                try record(entries, from: carrier, slot, &set, &outbox, database, now: now)
            }
        }
        try set.save(database, now: now)
        set.remember(in: inMemory)
    }

    public func committed() { inMemory.commit() }

    // MARK: Events

    private func react(
        _ event: Event, _ set: inout ShippingWorkingSet, _ outbox: inout Outbox<ShippingReply>, now: Instant
    ) throws(Fault) {
        switch event {
        case .orders(.orderCreated):
            // Rates are prepared by having the tariffs at hand: a quote is a function of tariff, country and weight,
            // so there is nothing to store until the parcels are packed and weighed.
            break
        case .orders(.shipmentRequested(let request)): begin(request, &set, &outbox, now: now)
        case .orders(.shipmentCancellationRequested(let request)):
            if let place = set.place(request.fulfillmentID) {
                try cancel(place, &set, &outbox, now: now)
            } else {
                set.stop(request.fulfillmentID, of: request.orderID)
                outbox.publish(
                    .shipping(
                        .shipmentCancelled(
                            ShipmentCancelled(orderID: request.orderID, fulfillmentID: request.fulfillmentID))))
            }
        case .orders(.orderCancelled(let fact)):
            for place in set.places(of: fact.orderID) where !set.shipments[place].label.isCancelled {
                try cancel(place, &set, &outbox, now: now)
            }
        case .warehouse(.fulfillmentCancelled(let fact)):
            if let place = set.place(fact.fulfillmentID) {
                if !set.shipments[place].label.isCancelled { try cancel(place, &set, &outbox, now: now) }
            } else {
                // The request to ship it may be on its way: topics are not ordered among each other.
                set.stop(fact.fulfillmentID, of: fact.orderID)
            }
        case .warehouse(.fulfillmentHandedOver(let fact)): try handOver(fact, &set)
        default: break
        }
    }

    private func begin(
        _ request: ShipmentRequested, _ set: inout ShippingWorkingSet, _ outbox: inout Outbox<ShippingReply>,
        now: Instant
    ) {
        if let place = set.place(request.fulfillmentID) {
            perform(set.shipments[place].answerRepeatedRequest(), set.shipments[place], nil, &outbox, now: now)
            return
        }
        guard let id = ids?.next(ShipmentKind.self, now: now) else { preconditionFailure("no id generator") }
        let (shipment, actions) = Shipment.request(
            request, id: id, isStopped: set.isStopped(request.fulfillmentID), policy, now: now)
        _ = set.add(shipment)
        perform(actions, shipment, ShipmentBooking(request, id), &outbox, now: now)
    }

    private func cancel(
        _ place: Int, _ set: inout ShippingWorkingSet, _ outbox: inout Outbox<ShippingReply>, now: Instant
    ) throws(Fault) {
        let actions: [ShipmentAction]
        do throws(ShippingRejection) {
            actions = try set.change(place) { shipment throws(ShippingRejection) in try shipment.cancel() }
        } catch {
            // Warehouse stops nothing that it handed over: whoever asks for this has it wrong, and a person must see.
            throw Fault(error.code, retryable: false, error.detail)
        }
        perform(actions, set.shipments[place], nil, &outbox, now: now)
    }

    private func handOver(_ fact: FulfillmentHandedOver, _ set: inout ShippingWorkingSet) throws(Fault) {
        guard let place = set.place(fact.fulfillmentID) else {
            throw Fault("unknown_shipment", retryable: false, "\(fact.fulfillmentID) was handed over without a label")
        }
        do throws(ShippingRejection) {
            try set.change(place) { shipment throws(ShippingRejection) in try shipment.handOver(at: fact.occurredAt) }
        } catch {
            throw Fault(error.code, retryable: false, error.detail)
        }
    }

    // MARK: Outcomes and timers

    private func conclude(
        _ effect: Effect, _ outcome: EffectOutcome, _ set: inout ShippingWorkingSet,
        _ outbox: inout Outbox<ShippingReply>, now: Instant
    ) throws(Fault) {
        let place = try place(of: effect, set)
        let attempt = Int(effect.key.sequence)
        let actions: [ShipmentAction]
        switch (effect.request, outcome) {
        case (.bookShipment, .done(.shipment(let number, let price))):
            actions = set.change(place) {
                $0.bookingSucceeded(attempt: attempt, trackingNumber: number, price: price, now: now)
            }
        case (.bookShipment, .refused("attempts_exhausted", let detail)):
            // Giving up proves nothing: the carrier may have the booking. Bookings are to be tried for ever; where one
            // was not, a person decides, since asking another carrier now could buy a second label.
            throw Fault("booking_undecided", retryable: false, "\(effect.key.reference): \(detail)")
        case (.bookShipment(let booking), .refused(let code, _)):
            actions = set.change(place) {
                $0.bookingRefused(attempt: attempt, code: code, ShipmentFacts(booking), policy, now: now)
            }
        case (.voidShipment, .done): actions = set.change(place) { $0.voidSucceeded() }
        case (.voidShipment, .refused(let code, _)): actions = set.change(place) { $0.voidRefused(code: code) }
        default:
            throw Fault("unexpected_outcome", retryable: false, "\(effect.key.reference): \(outcome)")
        }
        perform(actions, set.shipments[place], effect.booking, &outbox, now: now)
    }

    private func concludeWithdrawal(
        _ effect: Effect, _ set: inout ShippingWorkingSet, _ outbox: inout Outbox<ShippingReply>, now: Instant
    ) throws(Fault) {
        let place = try place(of: effect, set)
        guard let booking = effect.booking else {
            throw Fault("unexpected_outcome", retryable: false, "\(effect.key.reference) was withdrawn")
        }
        let actions = set.change(place) {
            $0.bookingWithdrawn(
                attempt: Int(effect.key.sequence), ShipmentFacts(booking), policy, now: now)
        }
        perform(actions, set.shipments[place], booking, &outbox, now: now)
    }

    private func place(of effect: Effect, _ set: ShippingWorkingSet) throws(Fault) -> Int {
        guard let place = set.place(ShipmentID(rawValue: effect.key.subject)) else {
            throw Fault("unknown_shipment", retryable: false, "outcome of \(effect.key.reference)")
        }
        return place
    }

    private func wake(
        _ key: TimerKey, _ set: inout ShippingWorkingSet, _ outbox: inout Outbox<ShippingReply>, now: Instant
    ) throws(Fault) {
        guard let place = set.place(ShipmentID(rawValue: key.subject)) else {
            throw Fault("unknown_shipment", retryable: false, "timer \(key.kind) of \(key.subject)")
        }
        let actions = set.change(place) { $0.runOutOfPatience() }
        perform(actions, set.shipments[place], nil, &outbox, now: now)
    }

    // MARK: Reports

    private func record(
        _ entries: [ReportEntry], from carrier: String, _ slot: Int, _ set: inout ShippingWorkingSet,
        _ outbox: inout Outbox<ShippingReply>, _ database: any DatabaseConnection, now: Instant
    ) throws(Fault) {
        guard entries.count <= ShippingCommand.maximumReports else {
            outbox.reject(
                slot, ShippingRejection.tooManyReports(entries.count, limit: ShippingCommand.maximumReports))
            return
        }
        var outcomes: [ReportOutcome] = []
        outcomes.reserveCapacity(entries.count)
        for entry in entries {
            switch entry {
            case .invalid(let rejection): outcomes.append(.invalid(rejection))
            case .report(let subject, let report, let messageID):
                outcomes.append(
                    try record(
                        report, subject, messageID, from: carrier, &set, &outbox, database, now: now))
            }
        }
        outbox.reply(slot, .reports(outcomes))
    }

    private func record(
        _ report: CourierReport, _ subject: ReportSubject, _ messageID: String?, from carrier: String,
        _ set: inout ShippingWorkingSet, _ outbox: inout Outbox<ShippingReply>, _ database: any DatabaseConnection,
        now: Instant
    ) throws(Fault) -> ReportOutcome {
        let place: Int?
        switch subject {
        case .shipment(let id): place = set.place(id)
        case .trackingNumber(let number):
            place = set.place(LabelName(carrier: carrier, trackingNumber: number), at: report.occurredAt)
        }
        guard let place else { return .unknownShipment }
        let id = set.shipments[place].id
        guard set.shipments[place].carrier == carrier else { return .notThisCouriers }
        guard
            let reports = try set.addReport(report, messageID: messageID, carrier: carrier, at: place, database)
        else { return .duplicate(id) }
        let actions = set.recordReports(reports, at: place, policy)
        perform(actions, set.shipments[place], nil, &outbox, now: now)
        return .recorded(id, status: set.shipments[place].status, changed: !actions.isEmpty)
    }

    // MARK: Actions

    /// Why a timer was set.
    private static let patienceTimer: Int64 = 1

    /// - Parameter booking: what a carrier needs; whoever can decide to book has it.
    private func perform(
        _ actions: [ShipmentAction], _ shipment: Shipment, _ booking: ShipmentBooking?,
        _ outbox: inout Outbox<ShippingReply>, now: Instant
    ) {
        guard !actions.isEmpty else { return }
        let timer = TimerKey(kind: Self.patienceTimer, subject: shipment.id.rawValue)
        for action in actions {
            switch action {
            case .publish(let event): outbox.publish(.shipping(event))
            case .book(let carrier, let attempt, let yieldsWhenDown):
                guard let booking else { preconditionFailure("\(shipment.id): nothing to book") }
                outbox.perform(
                    Effect(
                        key: shipment.bookingKey(attempt), entity: shipment.orderID.rawValue,
                        request: .bookShipment(booking.asked(of: carrier)), dueAt: now,
                        yieldsWhenDown: yieldsWhenDown))
            case .withdraw(let attempt): outbox.withdraw(shipment.bookingKey(attempt))
            case .void(let carrier, let attempt):
                outbox.perform(
                    Effect(
                        key: EffectKey(.voidShipment, shipment.id.rawValue, Int64(attempt)),
                        entity: shipment.orderID.rawValue,
                        request: .voidShipment(
                            shipmentID: shipment.id, carrier: carrier,
                            bookingReference: shipment.bookingKey(attempt).reference),
                        dueAt: now))
            case .startPatience(let until): outbox.setTimer(timer, dueAt: until)
            case .stopPatience: outbox.cancelTimer(timer)
            }
        }
    }
}

extension Shipment {
    /// The effect of a booking attempt. Its reference is what the carrier knows the label by.
    func bookingKey(_ attempt: Int) -> EffectKey { EffectKey(.bookShipment, id.rawValue, Int64(attempt)) }
}

extension Effect {
    var booking: ShipmentBooking? {
        if case .bookShipment(let booking) = request { booking } else { nil }
    }
}

extension ShipmentBooking {
    /// Not yet asked of any carrier.
    fileprivate init(_ request: ShipmentRequested, _ id: ShipmentID) {
        self.init(
            shipmentID: id, orderID: request.orderID, fulfillmentID: request.fulfillmentID,
            warehouseID: request.warehouseID, carrier: "", destination: request.destination,
            packages: request.packages, value: request.value)
    }

    fileprivate func asked(of carrier: String) -> ShipmentBooking {
        ShipmentBooking(
            shipmentID: shipmentID, orderID: orderID, fulfillmentID: fulfillmentID, warehouseID: warehouseID,
            carrier: carrier, destination: destination, packages: packages, value: value)
    }
}

extension ShipmentFacts {
    init(_ booking: ShipmentBooking) {
        self.init(
            country: booking.destination.country, parcelGrams: booking.packages.map(\.weightGrams),
            value: booking.value, warehouseID: booking.warehouseID)
    }
}
