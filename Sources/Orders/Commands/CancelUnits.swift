import Contracts
import Kernel

/// Somebody wants single lines, or quantities of them, cancelled. Which units these are is decided here (the last ones
/// that nobody picked yet); whether it is still possible is decided by Warehouse.
public struct CancelUnits: Sendable, Equatable {
    public struct Line: Sendable, Equatable {
        /// From 1.
        public let line: Int
        /// `nil` for all that is left of the line.
        public let quantity: Int?

        public init(line: Int, quantity: Int? = nil) {
            self.line = line
            self.quantity = quantity
        }
    }

    public let orderID: OrderID
    /// 1–2,000, each line once.
    public let lines: [Line]
    /// For people; 1–200 characters.
    public let reason: String

    public init(orderID: OrderID, lines: [Line], reason: String) {
        self.orderID = orderID
        self.lines = lines
        self.reason = reason
    }
}

/// Why units cannot be cancelled.
public enum CancelUnitsRejection: Rejection {
    case invalidReason
    case noLines
    case repeatedLine(Int)
    case orderClosed(OrderState)
    case cancellationPending
    /// No warehouse has the order yet.
    case notReservedYet
    /// So many units of the line nobody has picked yet.
    case notCancellable(line: Int, requested: Int, cancellable: Int)

    public var code: String {
        switch self {
        case .invalidReason: "invalid_reason"
        case .noLines: "no_lines"
        case .repeatedLine: "repeated_line"
        case .orderClosed: "order_closed"
        case .cancellationPending: "cancellation_pending"
        case .notReservedYet: "not_reserved_yet"
        case .notCancellable: "units_not_cancellable"
        }
    }

    public var detail: String {
        switch self {
        case .invalidReason: "The reason has 1–200 characters."
        case .noLines: "Name 1–2,000 lines."
        case .repeatedLine(let line): "Line \(line) is named twice."
        case .orderClosed(let state): "The order is \(state.name)."
        case .cancellationPending: "A cancellation was asked for already; the warehouse has not answered yet."
        case .notReservedYet: "The order's stock is not reserved yet: try again in a moment, or cancel the whole order."
        case .notCancellable(let line, let requested, let cancellable):
            "Line \(line): \(requested) units to cancel, \(cancellable) are not picked yet. What is picked can be returned."
        }
    }
}

extension Order {
    /// - Returns: what to publish.
    /// - Throws: every case of ``CancelUnitsRejection``.
    public mutating func cancelUnits(_ command: CancelUnits, now: Instant) throws(CancelUnitsRejection) -> [OrdersEvent]
    {
        guard CancelOrder.isValid(reason: command.reason) else { throw .invalidReason }
        guard PlaceOrder.lineCount.contains(command.lines.count) else { throw .noLines }
        guard !state.isTerminal else { throw .orderClosed(state) }
        guard !cancellation.isPending, cancellation.status != .accepted || !cancellation.units.isEmpty else {
            throw .cancellationPending
        }
        guard !fulfillments.isEmpty else { throw .notReservedYet }
        var units: [UnitRange] = []
        var seen: Set<Int> = []
        for line in command.lines {
            guard seen.insert(line.line).inserted else { throw .repeatedLine(line.line) }
            units += try lastUnpicked(of: line)
        }
        units = units.normalized
        cancellation = Cancellation(status: .pending, reason: command.reason, units: units)
        updatedAt = now
        return [
            .orderCancellationRequested(
                OrderCancellationRequested(orderID: id, reason: command.reason, units: units))
        ]
    }

    private func lastUnpicked(of wanted: CancelUnits.Line) throws(CancelUnitsRejection) -> [UnitRange] {
        let open = fulfillments.filter(\.status.isBeforePick).flatMap(\.units).filter { $0.line == wanted.line }
            .normalized
        let available = open.unitCount
        let count = wanted.quantity ?? available
        guard count > 0, count <= available else {
            throw .notCancellable(line: wanted.line, requested: count, cancellable: available)
        }
        var left = count
        var taken: [UnitRange] = []
        for range in open.reversed() where left > 0 {
            let split = range.splittingLast(left).split
            taken.append(split)
            left -= split.count
        }
        return taken
    }
}
