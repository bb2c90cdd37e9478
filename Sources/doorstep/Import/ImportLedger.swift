import Contracts
import Kernel
import Runtime
import Synchronization

/// What becomes of an import's orders, as the events tell it.
final class ImportLedger: CommitObserver {
    struct Summary: Sendable {
        var placed = 0
        var completed = 0
        var rejected = 0
        var cancelled = 0
        var unitsCancelled = 0
        var cancellationsRefused = 0
        var parcelsHandedOver = 0
        var parcelsDelivered = 0
        var returnsRequested = 0
        var returnsClosed = 0
        /// Minor units.
        var refunded: Int64 = 0

        var ended: Int { completed + rejected + cancelled }
    }

    /// A parcel that the carrier has.
    struct Parcel: Sendable {
        let shipmentID: ShipmentID
        let carrier: String
    }

    private struct State: Sendable {
        var summary = Summary()
        var booked: [Int64: Parcel] = [:]
        var earlyHandovers: Set<Int64> = []
        var parcels: [Parcel] = []
        var cancellations: [Int64: CancellationAnswers] = [:]
    }

    /// What the warehouse said to the cancellations of one order.
    struct CancellationAnswers: Sendable {
        var count = 0
        /// What the latest of them refused: the units, none for the whole order; `nil` when it was accepted.
        var refused: [UnitRange]?
    }

    private let state = Mutex(State())
    /// Raised when parcels are on their way.
    let parcelsWait = Signal()

    var summary: Summary { state.withLock { $0.summary } }

    func cancellationAnswers(of id: OrderID) -> CancellationAnswers {
        state.withLock { $0.cancellations[id.rawValue] ?? CancellationAnswers() }
    }

    /// Everything that was handed over since the last call.
    func takeParcels() -> [Parcel] {
        state.withLock { state in
            defer { state.parcels = [] }
            return state.parcels
        }
    }

    func committed(_ record: CommitRecord) {
        let hasParcels = state.withLock { state in
            for envelope in record.appended { Self.note(envelope.event, &state) }
            // A courier tells of a parcel only once Orders knows that it has left.
            if record.topic == .orders {
                for envelope in record.consumed { Self.noteHandover(envelope.event, &state) }
            }
            return !state.parcels.isEmpty
        }
        if hasParcels { parcelsWait.raise() }
    }

    private static func note(_ event: Event, _ state: inout State) {
        switch event {
        case .orders(.orderCreated): state.summary.placed += 1
        case .orders(.orderCompleted): state.summary.completed += 1
        case .orders(.orderRejected): state.summary.rejected += 1
        case .orders(.orderCancelled): state.summary.cancelled += 1
        case .orders(.unitsCancelled): state.summary.unitsCancelled += 1
        case .orders(.returnRequested): state.summary.returnsRequested += 1
        case .orders(.returnClosed(let event)):
            state.summary.returnsClosed += 1
            state.summary.refunded += event.refunded.amount
        default: noteOfOthers(event, &state)
        }
    }

    private static func noteOfOthers(_ event: Event, _ state: inout State) {
        func answered(_ id: OrderID, refused: [UnitRange]?) {
            state.cancellations[id.rawValue, default: CancellationAnswers()].count += 1
            state.cancellations[id.rawValue]?.refused = refused
        }
        switch event {
        case .warehouse(.cancellationRefused(let event)):
            state.summary.cancellationsRefused += 1
            answered(event.orderID, refused: event.units)
        case .warehouse(.orderStopped(let event)): answered(event.orderID, refused: nil)
        case .warehouse(.fulfillmentReduced(let event)): answered(event.orderID, refused: nil)
        case .warehouse(.fulfillmentCancelled(let event)): answered(event.orderID, refused: nil)
        case .shipping(.shipmentDelivered): state.summary.parcelsDelivered += 1
        case .shipping(.shipmentBooked(let event)):
            let parcel = Parcel(shipmentID: event.shipmentID, carrier: event.carrier)
            if state.earlyHandovers.remove(event.fulfillmentID.rawValue) != nil {
                state.parcels.append(parcel)
            } else {
                state.booked[event.fulfillmentID.rawValue] = parcel
            }
        default: break
        }
    }

    private static func noteHandover(_ event: Event, _ state: inout State) {
        guard case .warehouse(.fulfillmentHandedOver(let handover)) = event else { return }
        state.summary.parcelsHandedOver += 1
        if let parcel = state.booked.removeValue(forKey: handover.fulfillmentID.rawValue) {
            state.parcels.append(parcel)
        } else {
            // This observer may be told of the handover before it is told of the booking.
            state.earlyHandovers.insert(handover.fulfillmentID.rawValue)
        }
    }
}
