import Kernel
import OnlineRetail
import Orders

/// A sale invoice as an order. The file knows a customer's number and country; **the rest of the address is
/// invented**.
enum RetailOrder {
    /// Under which orders are placed: no API key, since nobody comes over HTTP.
    static let client: Int64 = 0

    static func placement(of invoice: RetailInvoice, token: TrackingToken) -> PlaceOrder {
        let customer = invoice.customer.map { "customer-\($0)" } ?? "unknown"
        return PlaceOrder(
            client: client, number: invoice.number, customer: customer, lines: invoice.sold.map(line),
            addressee: Addressee(
                name: invoice.customer.map { "Customer \($0)" } ?? "Unknown customer", street: "1 Invented Street",
                city: "Invented", postalCode: "", country: invoice.country, email: nil),
            paymentMethod: "tok_online_retail", trackingToken: token)
    }

    private static func line(_ line: RetailInvoice.Line) -> PlaceOrder.Line {
        PlaceOrder.Line(
            item: line.isGoods ? .goods(sku: line.code) : .charge(label: line.label), quantity: line.quantity,
            unitPrice: Money(line.price, .gbp))
    }

    /// The order's lines from which units come back: the latest lines of each code first.
    static func cancelledLines(_ back: RetailReturn, of invoice: RetailInvoice) -> [CancelUnits.Line] {
        var lines: [Int: Int] = [:]
        for entry in back.lines {
            var left = entry.quantity
            for (index, line) in invoice.sold.enumerated().reversed() where line.code == entry.code && left > 0 {
                let taken = min(left, line.quantity - (lines[index] ?? 0))
                guard taken > 0 else { continue }
                lines[index, default: 0] += taken
                left -= taken
            }
        }
        return lines.sorted { $0.key < $1.key }.map { CancelUnits.Line(line: $0.key + 1, quantity: $0.value) }
    }
}
