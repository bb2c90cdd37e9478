import Kernel

/// How an order's money is laid upon its lines, once, when it is placed.
///
/// Charges are spread over the goods by value and the discount is taken off by value, both by largest remainder, so
/// that the lines add up to the total and a unit that is handed over, cancelled or returned always means the same
/// money. In an order of charges alone the charges carry their own value.
enum OrderPricing {
    /// More than this is no order: minor units.
    static let totalMax: Int64 = 1_000_000_000_000_000

    /// - Parameter lines: at least one; quantities 1–1,000,000, prices 0–10¹¹.
    /// - Returns: per line what all its units are worth, and the sum.
    /// - Throws: `amount_too_large`, `discount_out_of_range`.
    static func allocate(
        _ lines: [(isGoods: Bool, gross: Int64)], discount: Int64
    ) throws(PlaceOrderRejection) -> (allocated: [Int64], total: Int64) {
        var gross: Int64 = 0
        for line in lines {
            gross += line.gross
            guard gross <= totalMax else { throw .amountTooLarge }
        }
        let hasGoods = lines.contains { $0.isGoods }
        let charges = hasGoods ? lines.reduce(0) { $1.isGoods ? $0 : $0 + $1.gross } : 0
        guard (0...gross - charges).contains(discount) else { throw .discountOutOfRange(discount) }
        let carrying = lines.indices.filter { lines[$0].isGoods || !hasGoods }
        let weights = carrying.map { lines[$0].gross }
        let chargeShares = MoneyAllocation.proportional(charges, weights: weights)
        let discountShares = MoneyAllocation.proportional(discount, weights: weights)
        var allocated = [Int64](repeating: 0, count: lines.count)
        for (place, index) in carrying.enumerated() {
            allocated[index] = lines[index].gross + chargeShares[place] - discountShares[place]
        }
        return (allocated, gross - discount)
    }
}
