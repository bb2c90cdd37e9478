import Contracts
import Kernel

/// Somebody says whether a customer may send units back.
public struct DecideReturn: Sendable, Equatable {
    public enum Decision: Sendable, Equatable {
        case approve
        /// The reason is for people; 1–200 characters.
        case decline(reason: String)
    }

    public let returnID: ReturnID
    public let decision: Decision

    public init(returnID: ReturnID, decision: Decision) {
        self.returnID = returnID
        self.decision = decision
    }
}

/// Why nothing is to be decided or asked of a return.
public enum ReturnRejection: Rejection {
    case invalidReason
    /// It was approved or declined before.
    case alreadyDecided(OrderReturn.Status)
    /// No provider refused its refund.
    case noRefundRefused

    public var code: String {
        switch self {
        case .invalidReason: "invalid_reason"
        case .alreadyDecided: "return_already_decided"
        case .noRefundRefused: "no_refund_refused"
        }
    }

    public var detail: String {
        switch self {
        case .invalidReason: "The reason has 1–200 characters."
        case .alreadyDecided(let status): "The return is \(status.name) already."
        case .noRefundRefused: "No refund of this return was refused."
        }
    }
}

extension Order {
    public func returnIndex(_ id: ReturnID) -> Int? { returns.firstIndex { $0.id == id } }

    /// - Returns: what to publish.
    /// - Throws: `invalid_reason`, `return_already_decided`.
    public mutating func decideReturn(
        _ index: Int, _ decision: DecideReturn.Decision, lines: [OrderLine], now: Instant
    ) throws(ReturnRejection) -> [OrdersEvent] {
        if case .decline(let reason) = decision, !CancelOrder.isValid(reason: reason) { throw .invalidReason }
        guard returns[index].status == .requested else { throw .alreadyDecided(returns[index].status) }
        switch decision {
        case .approve: return approve(index, lines: lines, now: now)
        case .decline(let reason):
            returns[index].status = .declined
            returns[index].declineReason = reason
            touch(index, now: now)
            return [.returnDeclined(ReturnDeclined(orderID: id, returnID: returns[index].id, reason: reason))]
        }
    }

    /// The warehouse that shipped most of the units expects all of them: a customer sends one parcel.
    mutating func approve(_ index: Int, lines: [OrderLine], now: Instant) -> [OrdersEvent] {
        let units = returns[index].units
        var counts: [(warehouse: WarehouseID, count: Int)] = []
        for fulfillment in fulfillments {
            let count = fulfillment.units.intersection(units).unitCount
            if let known = counts.firstIndex(where: { $0.warehouse == fulfillment.warehouseID }) {
                counts[known].count += count
            } else {
                counts.append((fulfillment.warehouseID, count))
            }
        }
        // Of equal ones the first that was planned.
        guard let most = counts.map(\.count).max(), let chosen = counts.first(where: { $0.count == most }) else {
            preconditionFailure("\(returns[index].id) has units that nobody shipped: \(units)")
        }
        returns[index].status = .approved
        returns[index].warehouseID = chosen.warehouse
        touch(index, now: now)
        return [
            .returnApproved(
                ReturnApproved(
                    orderID: id, returnID: returns[index].id, warehouseID: chosen.warehouse,
                    lines: lines.demands(for: units)))
        ]
    }

    mutating func touch(_ index: Int, now: Instant) {
        returns[index].updatedAt = now
        updatedAt = now
    }
}
