import Kernel

/// What a 'C' invoice takes back of an earlier sale.
public struct RetailReturn: Sendable, Equatable {
    public struct Line: Sendable, Equatable {
        public let code: String
        /// Positive.
        public let quantity: Int
    }

    /// The 'C' invoice.
    public let number: String
    public let date: Instant
    /// The number of the invoice whose units come back.
    public let sale: String
    public let lines: [Line]
    /// The sale's goods all come back with this one.
    public let isWhole: Bool
}

/// Finds the sales that 'C' invoices belong to, which the file does not say.
///
/// A line belongs to the latest earlier sale to the same customer that still has as many units of this code.
public struct ReturnMatching: Sendable, Equatable {
    public private(set) var returns: [RetailReturn] = []
    /// Lines of goods with no such sale: sold before the file begins, in several invoices, or to nobody known.
    public private(set) var unmatchedLines = 0
    public private(set) var matchedLines = 0
    /// Lines that give back a charge or a discount.
    public private(set) var chargeLines = 0

    private struct Place: Hashable {
        let customer: String
        let code: String
    }

    private struct Sale {
        let number: String
        let date: Instant
        var quantity: Int
    }

    /// - Parameter invoices: in the order of their dates.
    /// - Complexity: O(lines) for customers who buy a code a few times.
    public init(_ invoices: [RetailInvoice]) {
        var sales: [Place: [Sale]] = [:]
        var goods: [String: Int] = [:]
        for invoice in invoices {
            switch invoice.kind {
            case .sale:
                guard let customer = invoice.customer else { continue }
                for line in invoice.sold where line.isGoods {
                    goods[invoice.number, default: 0] += line.quantity
                    Self.add(line, of: invoice, to: &sales[Place(customer: customer, code: line.code), default: []])
                }
            case .cancellation: match(invoice, &sales, goods)
            case .chargesOnly, .adjustment, .stockCorrection: break
            }
        }
    }

    private static func add(_ line: RetailInvoice.Line, of invoice: RetailInvoice, to sales: inout [Sale]) {
        if sales.last?.number == invoice.number {
            sales[sales.count - 1].quantity += line.quantity
        } else {
            sales.append(Sale(number: invoice.number, date: invoice.date, quantity: line.quantity))
        }
    }

    private mutating func match(_ invoice: RetailInvoice, _ sales: inout [Place: [Sale]], _ goods: [String: Int]) {
        var found: [(sale: String, lines: [RetailReturn.Line])] = []
        for line in invoice.lines {
            guard line.isGoods else {
                chargeLines += 1
                continue
            }
            let quantity = -line.quantity
            guard quantity > 0, let customer = invoice.customer,
                case let place = Place(customer: customer, code: line.code),
                let index = sales[place]?.lastIndex(where: { $0.date <= invoice.date && $0.quantity >= quantity }),
                let sale = sales[place]?[index].number
            else {
                unmatchedLines += 1
                continue
            }
            matchedLines += 1
            sales[place]?[index].quantity -= quantity
            let entry = RetailReturn.Line(code: line.code, quantity: quantity)
            if let known = found.firstIndex(where: { $0.sale == sale }) {
                found[known].lines.append(entry)
            } else {
                found.append((sale, [entry]))
            }
        }
        for (sale, lines) in found {
            let isWhole = lines.reduce(0) { $0 + $1.quantity } == goods[sale]
            returns.append(
                RetailReturn(number: invoice.number, date: invoice.date, sale: sale, lines: lines, isWhole: isWhole))
        }
    }
}
