import Kernel

/// What became of the latest wish to cancel. Warehouse decides, since it knows what was handed over.
public struct Cancellation: Sendable, Equatable {
    public enum Status: Int64, Sendable {
        case none = 0
        /// Asked; Warehouse has not answered yet.
        case pending = 1
        case accepted = 2
        /// It came too late.
        case refused = 3

        public var name: String {
            switch self {
            case .none: "none"
            case .pending: "pending"
            case .accepted: "accepted"
            case .refused: "refused"
            }
        }
    }

    public var status: Status
    public var reason: String
    /// The units not yet answered for; empty for the whole order.
    public var units: [UnitRange]

    public init(status: Status = .none, reason: String = "", units: [UnitRange] = []) {
        self.status = status
        self.reason = reason
        self.units = units
    }

    public var isPending: Bool { status == .pending }
    public var isPendingForAll: Bool { status == .pending && units.isEmpty }
}
