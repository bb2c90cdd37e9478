import Kernel

/// An invoice number with everything that its rows say.
public struct RetailInvoice: Sendable, Equatable {
    /// What kind of business it is.
    public enum Kind: Sendable, Equatable {
        /// Goods were sold, maybe with charges.
        case sale
        /// Only charges were sold.
        case chargesOnly
        /// 'C': sold units come back, or were never sent; or a charge is given back.
        case cancellation
        /// 'A': bookkeeping that concerns no order.
        case adjustment
        /// Stock that was found, lost or broken: negative quantities without 'C', and quantities that nobody paid
        /// for and nobody received.
        case stockCorrection

        public var isOrder: Bool { self == .sale || self == .chargesOnly }
    }

    /// Rows of one code and one price, added up.
    public struct Line: Sendable, Equatable {
        public let code: String
        public let isGoods: Bool
        public let label: String
        public let quantity: Int
        /// Minor units of pounds sterling.
        public let price: Int64
    }

    public let number: String
    public let series: InvoiceSeries
    /// Of its first row.
    public let date: Instant
    public let customer: String?
    public let country: String
    /// In the order of their first rows; positive and negative quantities of one code are apart.
    public internal(set) var lines: [Line]

    public var kind: Kind {
        switch series {
        case .cancellation: .cancellation
        case .adjustment: .adjustment
        case .sale:
            if isStockCorrection {
                .stockCorrection
            } else {
                sold.contains(where: \.isGoods) ? .sale : .chargesOnly
            }
        }
    }

    /// What an order is made of.
    public var sold: [Line] { lines.filter { $0.quantity > 0 } }

    /// By how much stock changes without an order.
    public var corrections: [Line] {
        guard series == .sale else { return [] }
        return lines.filter { $0.isGoods && ($0.quantity < 0 || isStockCorrection) }
    }

    private var isStockCorrection: Bool {
        let sold = sold
        return sold.isEmpty || (customer == nil && sold.allSatisfy { $0.isGoods && $0.price == 0 })
    }

    /// Adds a row, which has this invoice's number.
    mutating func add(_ row: RetailRow) {
        let place = lines.firstIndex {
            $0.code == row.code && $0.price == row.price && ($0.quantity < 0) == (row.quantity < 0)
        }
        let label = row.description.isEmpty ? row.code : row.description
        guard let place else {
            lines.append(
                Line(code: row.code, isGoods: row.isGoods, label: label, quantity: row.quantity, price: row.price))
            return
        }
        let line = lines[place]
        lines[place] = Line(
            code: line.code, isGoods: line.isGoods, label: line.label, quantity: line.quantity + row.quantity,
            price: line.price)
    }
}
