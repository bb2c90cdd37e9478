import Kernel
import Orders
import Ports
import Runtime

/// What must hold for customers' returns.
extension OrdersAudit {
    /// Recomputed from the lines, as for captures.
    func returnsAreRefunded(_ database: any DatabaseConnection) throws(Fault) -> AuditCheck {
        var figure: Int64 = 0
        var offenders: [String] = []
        try eachOrder(database) { order, lines throws(Fault) in
            var shares = [Int64](repeating: 0, count: order.fulfillments.count)
            for (index, customerReturn) in order.returns.enumerated() {
                figure += 1
                let isClosed = customerReturn.status == .closed
                let owed = isClosed ? try lines.value(of: customerReturn.refundedUnits) : 0
                if customerReturn.refunded != owed, offenders.count < 10 {
                    offenders.append(
                        "\(order.id): \(customerReturn.id) refunded \(customerReturn.refunded), worth \(owed)")
                }
                guard isClosed else { continue }
                for (place, share) in try order.refundShares(index, lines: lines).enumerated() {
                    shares[place] += share
                }
            }
            for (fulfillment, share) in zip(order.fulfillments, shares)
            where fulfillment.refunded < share && offenders.count < 10 {
                offenders.append(
                    "\(order.id): \(fulfillment.id) refunded \(fulfillment.refunded), returns alone \(share)")
            }
        }
        return AuditCheck(
            name: "orders: refunded for a return is the value of its units that were received", figure: figure,
            offenders: offenders)
    }

    func unitsComeBackOnce(_ database: any DatabaseConnection) throws(Fault) -> AuditCheck {
        var figure: Int64 = 0
        var offenders: [String] = []
        try eachOrder(database) { order, _ in
            let current = order.returns.filter { $0.status != .declined }
            guard !current.isEmpty else { return }
            let units = current.flatMap(\.units)
            figure += Int64(units.unitCount)
            let shipped = order.fulfillments.filter { $0.status == .handedOver }.flatMap(\.units)
            var flaw: String?
            if units.unitCount != units.normalized.unitCount { flaw = "has units in two returns" }
            if !units.subtracting(shipped).isEmpty { flaw = "has returns of units that were never handed over" }
            for customerReturn in current where !customerReturn.inspected.isEmpty {
                let inspected = customerReturn.inspected.map(\.units)
                let isWhole =
                    inspected.normalized == customerReturn.units
                    && inspected.unitCount == customerReturn.units.unitCount
                if !isWhole { flaw = "\(customerReturn.id) was inspected in part" }
            }
            if let flaw, offenders.count < 10 { offenders.append("\(order.id): \(flaw)") }
        }
        return AuditCheck(
            name: "orders: no unit is returned twice, or without having been handed over", figure: figure,
            offenders: offenders)
    }
}
