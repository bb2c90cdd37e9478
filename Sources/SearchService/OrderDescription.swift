import Kernel
import Orders
import Ports
import SearchLanguage

/// Makes an order's document of what the log says and what its owner knows.
enum OrderDescription {
    /// - Parameter warehouses: their codes.
    static func document(
        _ id: OrderID, _ fold: OrderFold, _ facts: OrderFacts, warehouses: [WarehouseID: String]
    ) -> SearchDocument {
        var document = SearchDocument(orderID: id, version: fold.events)
        let skus = facts.lines.compactMap(\.sku)
        let trackingNumbers = fold.shares.flatMap(\.trackingNumbers)
        let number = [facts.number].compactMap { $0 }
        document.setKeywords(.order, [id.text])
        document.setKeywords(.number, number)
        document.setKeywords(.customer, [facts.customer])
        document.setKeywords(.sku, skus)
        document.setKeywords(.tracking, trackingNumbers)
        document.setKeywords(.currency, [facts.total.currency.code])
        document.setKeywords(.country, [fold.country])
        document.setKeywords(.hold, [fold.holdID?.text].compactMap { $0 })
        document.setKeywords(.warehouse, fold.shares.compactMap { $0.warehouseID.flatMap { warehouses[$0] } })
        document.setKeywords(.carrier, fold.shares.compactMap(\.carrier))
        document.setKeywords(.status, [fold.state.name])
        document.setKeywords(.flag, flags(fold))
        document.setKeywords(.fulfillment, fold.shares.map(\.workName))
        document.setKeywords(.shipment, fold.shares.compactMap { $0.shipment?.name })
        document.setKeywords(.payment, [payment(fold, facts).status.rawValue])
        document.setKeywords(.returns, fold.returns.values.map(\.name))
        document.setText(.name, [facts.name].compactMap { $0 })
        document.setText(.city, [facts.city].compactMap { $0 })
        document.setText(.product, facts.lines.map(\.name))
        document.setText(.code, [id.text] + number + [facts.customer] + skus + trackingNumbers)
        document.numbers[.total] = thousandths(facts.total)
        document.numbers[.units] = Int64(fold.units)
        document.numbers[.placed] = fold.placedAt?.milliseconds
        document.numbers[.updated] = fold.updatedAt.milliseconds
        document.numbers[.delivered] = fold.shares.compactMap(\.deliveredAt).max()?.milliseconds
        return document
    }

    private static func flags(_ fold: OrderFold) -> [String] {
        var flags: [String] = []
        if !fold.state.isTerminal { flags.append("open") }
        if fold.isLate { flags.append("late") }
        if fold.shares.contains(where: \.isShort) { flags.append("short") }
        if fold.holdID != nil { flags.append("held") }
        if fold.isCancelling { flags.append("cancelling") }
        if fold.shares.contains(where: { $0.work == .handedOver }) { flags.append("handed_over") }
        return flags
    }

    private static func payment(_ fold: OrderFold, _ facts: OrderFacts) -> Payment {
        Payment(
            due: facts.total.amount, authorized: fold.authorized, captured: fold.captured, refunded: fold.refunded,
            voided: fold.voided, isDeclined: fold.isDeclined)
    }

    /// Amounts of all currencies in one scale.
    private static func thousandths(_ money: Money) -> Int64 {
        var amount = money.amount
        for _ in money.currency.minorDigits..<3 { amount *= 10 }
        return amount
    }
}

extension OrderFold.Share {
    fileprivate var workName: String {
        switch work {
        case .planned: (isRequested ? OrderFulfillment.Status.inProgress : .planned).name
        case .picked: OrderFulfillment.Status.picked.name
        case .packed: OrderFulfillment.Status.packed.name
        case .handedOver: OrderFulfillment.Status.handedOver.name
        case .incomplete: OrderFulfillment.Status.incomplete.name
        case .cancelled: OrderFulfillment.Status.cancelled.name
        }
    }
}
