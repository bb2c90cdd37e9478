/// How far a fulfillment order has come.
///
/// Raw values are stored: never renumbered.
public enum FulfillmentStep: Int64, CaseIterable, Sendable {
    /// Stock is allocated; nobody may work on it before Orders asks.
    case reserved = 1
    case picking = 2
    case packing = 3
    /// Waiting for a carrier's label.
    case packed = 4
    case labelled = 5
    /// The pivot is passed.
    case handedOver = 6
    /// Nothing of it was found on the shelf.
    case incomplete = 7
    /// Stopped, and nothing is left to put back.
    case cancelled = 8
    /// Stopped, with goods that must go back to the shelf first.
    case puttingBack = 9
    /// Came back from the carrier; waiting to be received.
    case returning = 10
    case returned = 11

    public var name: String {
        switch self {
        case .reserved: "reserved"
        case .picking: "picking"
        case .packing: "packing"
        case .packed: "packed"
        case .labelled: "labelled"
        case .handedOver: "handed_over"
        case .incomplete: "incomplete"
        case .cancelled: "cancelled"
        case .puttingBack: "putting_back"
        case .returning: "returning"
        case .returned: "returned"
        }
    }

    /// The fulfillment order's state as others know it: `open`, `in_progress`, `closed`, `incomplete`, `cancelled`.
    public var status: String {
        switch self {
        case .reserved: "open"
        case .picking, .packing, .packed, .labelled: "in_progress"
        case .handedOver, .returning, .returned: "closed"
        case .incomplete: "incomplete"
        case .cancelled, .puttingBack: "cancelled"
        }
    }

    /// Its units count as `allocated`.
    public var holdsStock: Bool {
        switch self {
        case .reserved, .picking, .packing, .packed, .labelled, .puttingBack: true
        case .handedOver, .incomplete, .cancelled, .returning, .returned: false
        }
    }

    /// Its units count as `picked`.
    public var holdsPicked: Bool {
        switch self {
        case .packing, .packed, .labelled, .puttingBack: true
        default: false
        }
    }

    /// May still be stopped.
    public var isBeforeHandover: Bool {
        switch self {
        case .reserved, .picking, .packing, .packed, .labelled: true
        default: false
        }
    }

    public var isHandedOver: Bool { self == .handedOver || self == .returning || self == .returned }

    /// What work waits in this step.
    public var work: WorkKind? {
        switch self {
        case .picking: .pick
        case .packing: .pack
        case .puttingBack: .putBack
        case .returning: .receive
        default: nil
        }
    }
}
