import Contracts
import Kernel

/// A customer's parcel is opened: every unit of the return is counted and inspected.
public struct ReceiveCustomerReturn: Sendable, Equatable {
    /// What was found of an order line.
    public struct Finding: Hashable, Sendable {
        /// From 1.
        public let line: Int
        /// 1 or more.
        public let quantity: Int
        public let disposition: ReturnDisposition
        public let settlement: ReturnSettlement

        public init(line: Int, quantity: Int, disposition: ReturnDisposition, settlement: ReturnSettlement) {
            self.line = line
            self.quantity = quantity
            self.disposition = disposition
            self.settlement = settlement
        }
    }

    public let returnID: ReturnID
    /// All units of the return, each once; `nil` when everything came and is good to be sold again and refunded.
    public let findings: [Finding]?
    /// A name or number that the warehouse knows.
    public let worker: String

    public init(returnID: ReturnID, findings: [Finding]? = nil, worker: String) {
        self.returnID = returnID
        self.findings = findings
        self.worker = worker
    }
}

extension WarehouseState {
    /// Takes the units to stock as they were found and tells Orders. The same again changes nothing.
    ///
    /// Units that came back with their carrier before cannot come a second time: without findings they count as
    /// missing.
    ///
    /// - Returns: the return as it is afterwards.
    /// - Throws: `unknownReturn`, `invalidQuantity`, `notRefundable`, `unexpectedUnits` for a line with more units
    ///   than are expected, `unitsUnaccounted` for a line with fewer, `returnReceived` when it was received otherwise.
    public mutating func receive(
        _ command: ReceiveCustomerReturn, now: Instant
    ) throws(WarehouseRejection) -> ExpectedReturn {
        guard var customerReturn = returns[command.returnID] else { throw .unknownReturn(command.returnID) }
        let findings = try command.findings.map { findings throws(WarehouseRejection) in try checked(findings) }
        if customerReturn.isReceived {
            guard findings == nil || findings == summary(of: customerReturn) else {
                throw .returnReceived(command.returnID)
            }
            return customerReturn
        }
        let lines = try inspect(customerReturn, findings)
        customerReturn.lines = lines
        customerReturn.worker = command.worker
        customerReturn.receivedAt = now
        for line in lines { record(line, of: customerReturn, now: now) }
        returns[command.returnID] = customerReturn
        tracked.receivedReturns.insert(command.returnID)
        publish(
            .returnReceived(
                ReturnReceived(
                    orderID: customerReturn.orderID, returnID: customerReturn.id,
                    warehouseID: customerReturn.warehouseID, units: customerReturn.inspected)))
        return customerReturn
    }

    private typealias Findings = [ReceiveCustomerReturn.Finding]

    /// In one order and with equal ones added up, so that the same report is the same.
    private func checked(_ findings: Findings) throws(WarehouseRejection) -> Findings {
        var result: Findings = []
        for finding in findings {
            try checkQuantity(finding.quantity)
            guard finding.settlement == .none || finding.disposition.isHere else { throw .notRefundable(finding.line) }
            let equal = result.firstIndex {
                $0.line == finding.line && $0.disposition == finding.disposition && $0.settlement == finding.settlement
            }
            guard let equal else {
                result.append(finding)
                continue
            }
            let sum = result[equal].quantity + finding.quantity
            try checkQuantity(sum)
            result[equal] = ReceiveCustomerReturn.Finding(
                line: finding.line, quantity: sum, disposition: finding.disposition, settlement: finding.settlement)
        }
        return result.sorted {
            ($0.line, $0.disposition.rawValue, $0.settlement.rawValue)
                < ($1.line, $1.disposition.rawValue, $1.settlement.rawValue)
        }
    }

    private func summary(of customerReturn: ExpectedReturn) -> Findings? {
        let findings = customerReturn.inspected.map {
            ReceiveCustomerReturn.Finding(
                line: $0.units.line, quantity: $0.units.count, disposition: $0.disposition, settlement: $0.settlement)
        }
        do throws(WarehouseRejection) {
            return try checked(findings)
        } catch {
            preconditionFailure("\(customerReturn.id) was received as it cannot be: \(error.detail)")
        }
    }

    /// Which units of a line were found how is not known and of no matter: those that may be here come first.
    private func inspect(
        _ customerReturn: ExpectedReturn, _ findings: Findings?
    ) throws(WarehouseRejection) -> [ExpectedReturn.Line] {
        let back = unitsBack(of: customerReturn.orderID)
        var result: [ExpectedReturn.Line] = []
        var lines = customerReturn.lines.map { line in
            (line, possible: line.units.subtracting(back), gone: line.units.subtracting(line.units.subtracting(back)))
        }
        guard let findings else {
            for (line, possible, gone) in lines {
                result += possible.map { line.found($0, .restock, .refund) }
                result += gone.map { line.found($0, .missing, .none) }
            }
            return result
        }
        for finding in findings {
            var left = finding.quantity
            for index in lines.indices where lines[index].0.units.line == finding.line && left > 0 {
                var units = lines[index].possible.take(&left)
                if !finding.disposition.isHere { units += lines[index].gone.take(&left) }
                result += units.map { lines[index].0.found($0, finding.disposition, finding.settlement) }
            }
            if left > 0 {
                throw .unexpectedUnits(
                    line: finding.line, reported: finding.quantity, expected: finding.quantity - left)
            }
        }
        for (line, possible, gone) in lines {
            let left = (possible + gone).reduce(0) { $0 + $1.count }
            if left > 0 { throw .unitsUnaccounted(line: line.units.line, quantity: left) }
        }
        return result
    }

    private mutating func record(_ line: ExpectedReturn.Line, of customerReturn: ExpectedReturn, now: Instant) {
        guard let disposition = line.disposition, disposition.isHere else { return }
        let key = StockKey(line.productID, customerReturn.warehouseID)
        let document = LedgerDocument.reference(customerReturn.id.text)
        func record(_ kind: LedgerKind) {
            stock.record(
                kind, of: .qualityControl, key, line.units.count, for: document, by: customerReturn.worker, at: now)
        }
        record(.returnReceive)
        switch disposition {
        case .restock: record(.restock)
        case .scrap: record(.scrap)
        case .qualityControl, .wrongItem, .missing: break
        }
    }
}

extension ExpectedReturn.Line {
    fileprivate func found(
        _ units: UnitRange, _ disposition: ReturnDisposition, _ settlement: ReturnSettlement
    ) -> ExpectedReturn.Line {
        ExpectedReturn.Line(units: units, productID: productID, disposition: disposition, settlement: settlement)
    }
}
