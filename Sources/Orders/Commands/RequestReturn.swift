import Contracts
import Kernel

/// A customer wants to send units back. Which units of a line these are is decided here: the first ones that were
/// delivered and are in no other return.
public struct RequestReturn: Sendable, Equatable {
    public struct Line: Sendable, Equatable {
        /// From 1.
        public let line: Int
        /// `nil` for all of the line that can be returned.
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

    /// More returns than this of one order are no customer's.
    public static let returnsMax = 200
}

/// Why units cannot be returned.
public enum RequestReturnRejection: Rejection {
    case invalidReason
    case noLines
    case repeatedLine(Int)
    /// Nothing of the order was delivered.
    case notDelivered
    case tooManyReturns
    /// So many units of the line were delivered and are in no other return.
    case notReturnable(line: Int, requested: Int, returnable: Int)

    public var code: String {
        switch self {
        case .invalidReason: "invalid_reason"
        case .noLines: "no_lines"
        case .repeatedLine: "repeated_line"
        case .notDelivered: "not_delivered"
        case .tooManyReturns: "too_many_returns"
        case .notReturnable: "units_not_returnable"
        }
    }

    public var detail: String {
        switch self {
        case .invalidReason: "The reason has 1–200 characters."
        case .noLines: "Name at least one line."
        case .repeatedLine(let line): "Line \(line) is named twice."
        case .notDelivered: "Nothing of this order was delivered."
        case .tooManyReturns: "An order has at most \(RequestReturn.returnsMax) returns."
        case .notReturnable(let line, let requested, let returnable):
            "\(requested) units of line \(line) cannot be returned: \(returnable) were delivered and are in no return."
        }
    }
}

extension Order {
    /// Asks for a return; where the policy needs nobody's consent it is approved at once.
    ///
    /// - Returns: what to publish.
    /// - Throws: every case of ``RequestReturnRejection``, in their order; of the lines, the first that cannot be
    ///   returned.
    public mutating func requestReturn(
        _ command: RequestReturn, id returnID: ReturnID, lines: [OrderLine], policy: ReturnPolicy, now: Instant
    ) throws(RequestReturnRejection) -> [OrdersEvent] {
        guard CancelOrder.isValid(reason: command.reason) else { throw .invalidReason }
        guard !command.lines.isEmpty else { throw .noLines }
        var seen: Set<Int> = []
        for line in command.lines where !seen.insert(line.line).inserted { throw .repeatedLine(line.line) }
        guard fulfillments.contains(where: \.isDelivered) else { throw .notDelivered }
        guard returns.count < RequestReturn.returnsMax else { throw .tooManyReturns }
        let returnable = returnableUnits
        var units: [UnitRange] = []
        for line in command.lines { units += try Self.first(line, of: returnable) }
        units = units.normalized
        returns.append(OrderReturn(id: returnID, units: units, reason: command.reason, requestedAt: now))
        updatedAt = now
        var events: [OrdersEvent] = [
            .returnRequested(
                ReturnRequested(orderID: id, returnID: returnID, units: units, reason: command.reason))
        ]
        let deliveries = fulfillments.filter { !$0.units.intersection(units).isEmpty }.compactMap(\.deliveredAt)
        if deliveries.allSatisfy({ policy.isAutomatic(deliveredAt: $0, now: now) }) {
            events += approve(returns.count - 1, lines: lines, now: now)
        }
        return events
    }

    private static func first(
        _ wanted: RequestReturn.Line, of returnable: [UnitRange]
    ) throws(RequestReturnRejection) -> [UnitRange] {
        let open = returnable.filter { $0.line == wanted.line }
        let count = wanted.quantity ?? open.unitCount
        guard count > 0, count <= open.unitCount else {
            throw .notReturnable(line: wanted.line, requested: count, returnable: open.unitCount)
        }
        return open.prefix(units: count)
    }

    /// Only what was delivered can have returns.
    public var mayHaveReturns: Bool { fulfillments.contains { $0.told.contains(.delivered) } }

    /// Units that the customer has and that are in no return but declined ones.
    public var returnableUnits: [UnitRange] {
        let delivered = fulfillments.filter(\.isDelivered)
        guard !delivered.isEmpty else { return [] }
        let taken = returns.filter { $0.status != .declined }.flatMap(\.units)
        return delivered.flatMap(\.units).subtracting(taken).normalized
    }
}

extension OrderFulfillment {
    /// The customer has it, and it is paid: its process took note of the delivery, which comes after the capture.
    public var isDelivered: Bool {
        status == .handedOver && shipment?.status == .delivered && told.contains(.delivered)
    }
}
