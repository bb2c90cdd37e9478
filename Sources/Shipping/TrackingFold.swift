import Kernel

/// What all reports about a parcel together say.
public struct TrackingState: Sendable, Equatable {
    public var status = ShipmentStatus.created
    /// When the parcel came to ``status``, by the carrier's clock; `nil` before the first report.
    public var since: Instant?
    /// How many delivery attempts failed.
    public var failedAttempts = 0
    /// The latest that the carrier said of each, in order of occurrence.
    public var eta: Instant?
    public var proof: String?
    public var reason: String?
    public var location: GeoPoint?
    /// When the latest report happened.
    public var lastEventAt: Instant?

    /// The carrier's number of the last failed attempt.
    var lastAttemptNumber: Int?
    /// Who reported the delivery: only the same carrier may correct it.
    var deliveredBy: String?

    public init() {}
}

/// A shipment's status is a fold over all its events in order of occurrence.
///
/// They are sorted and repetitions dropped before anything else, so the status is the same in whatever order and
/// however often they came. An event that the current status does not allow is a fact of the timeline without effect:
///
/// *Traveling* is everything from created to on hold, and lost, since what is lost may be found.
///
/// | to | from |
/// |---|---|
/// | accepted | created, unknown |
/// | in transit, out for delivery, ready for pickup, on hold, attempt failed | traveling |
/// | lost, damaged | traveling, returning |
/// | delivered | traveling, returning, damaged |
/// | returning, returned | traveling, damaged (returned: returning as well); delivered: a correction |
///
/// A correction comes later and from the carrier that reported the delivery.
///
/// Scans may be missed: every one of these steps may be the first.
public enum TrackingFold {
    /// - Parameters:
    ///   - events: in any order, with any repetitions.
    ///   - maximumAttempts: with this failed attempt the parcel turns back; 1 or more.
    /// - Complexity: O(n log n); O(n) when the events come in order.
    public static func fold(_ events: [TrackingEvent], maximumAttempts: Int) -> TrackingState {
        precondition(maximumAttempts > 0, "\(maximumAttempts) attempts")
        var state = TrackingState()
        var last: TrackingEvent?
        for event in inOrder(events) {
            if let last, last.id == event.id, last.occurredAt == event.occurredAt { continue }
            apply(event, to: &state, maximumAttempts)
            last = event
        }
        return state
    }

    private static func inOrder(_ events: [TrackingEvent]) -> [TrackingEvent] {
        for index in events.indices.dropFirst()
        where !TrackingEvent.occurredBefore(events[index - 1], events[index]) {
            return events.sorted(by: TrackingEvent.occurredBefore)
        }
        return events
    }

    private static func apply(_ event: TrackingEvent, to state: inout TrackingState, _ maximumAttempts: Int) {
        state.lastEventAt = event.occurredAt
        if let eta = event.eta { state.eta = eta }
        if let proof = event.proof { state.proof = proof }
        if let location = event.location { state.location = location }
        guard isLegal(event, after: state) else { return }
        if let reason = event.reason { state.reason = reason }
        if event.status == .attemptFailed {
            countAttempt(event, in: &state, maximumAttempts)
        } else if event.status != state.status {
            move(&state, to: event.status, at: event.occurredAt)
            // The reason belongs to the status: a parcel that travels again has none left from its failed attempt.
            state.reason = event.reason
        }
        if event.status == .delivered, state.deliveredBy == nil { state.deliveredBy = event.carrier }
    }

    private static func move(_ state: inout TrackingState, to status: ShipmentStatus, at time: Instant) {
        state.status = status
        state.since = time
        if status != .delivered { state.deliveredBy = nil }
    }

    private static func countAttempt(_ event: TrackingEvent, in state: inout TrackingState, _ maximumAttempts: Int) {
        // The same number again without a scan in between is a second report of one attempt.
        if state.status == .attemptFailed, let number = event.attempt, number == state.lastAttemptNumber { return }
        state.failedAttempts = max(state.failedAttempts + 1, event.attempt ?? 0)
        state.lastAttemptNumber = event.attempt
        state.reason = event.reason
        move(&state, to: state.failedAttempts >= maximumAttempts ? .returning : .attemptFailed, at: event.occurredAt)
    }

    private static func isLegal(_ event: TrackingEvent, after state: TrackingState) -> Bool {
        switch event.status {
        case .created, .cancelled: false
        case .unknown: state.status == .created
        case .accepted: state.status == .created || state.status == .unknown
        case .inTransit, .outForDelivery, .readyForPickup, .onHold, .attemptFailed: isTraveling(state.status)
        case .delivered:
            isTraveling(state.status) || state.status == .returning || state.status == .damaged
                || state.status == .delivered
        case .lost, .damaged: isTraveling(state.status) || state.status == .returning
        case .returning: isTraveling(state.status) || state.status == .damaged || isCorrection(event, of: state)
        case .returned:
            isTraveling(state.status) || state.status == .damaged || state.status == .returning
                || isCorrection(event, of: state)
        }
    }

    /// On its way to the customer, as far as anybody knows. What is lost may be found.
    private static func isTraveling(_ status: ShipmentStatus) -> Bool {
        switch status {
        case .created, .unknown, .accepted, .inTransit, .outForDelivery, .attemptFailed, .readyForPickup, .onHold,
            .lost:
            true
        case .delivered, .returning, .returned, .damaged, .cancelled: false
        }
    }

    private static func isCorrection(_ event: TrackingEvent, of state: TrackingState) -> Bool {
        guard state.status == .delivered, let since = state.since else { return false }
        return event.carrier == state.deliveredBy && event.occurredAt > since
    }
}
