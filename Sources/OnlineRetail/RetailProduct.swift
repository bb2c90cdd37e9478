/// A product that the shop sells. The file knows its code and its name; **its weight and its stock are invented**.
public struct RetailProduct: Sendable, Equatable {
    /// The stock code in capital letters.
    public let sku: String
    /// The description that most of its rows have.
    public let name: String
    /// All units on sale invoices.
    public let sold: Int
    /// All units that stock corrections take away.
    public let writtenOff: Int

    /// Invented: 50–1,500 g, the same for the same code every time.
    public var inventedWeightGrams: Int { 50 + Int(hash % 1451) }

    /// Invented: what the shop sells and writes off, a tenth more, and twelve pieces; in three warehouses that share it
    /// 5 : 3 : 2, in an order that depends on the code.
    ///
    /// - Returns: three quantities; the sum is enough for all orders of the file.
    public var inventedStock: [Int] {
        let total = sold + writtenOff + (sold + writtenOff) / 10 + 12
        let (second, third) = (total * 3 / 10, total * 2 / 10)
        let shares = [total - second - third, second, third]
        let shift = Int(hash >> 32) % 3
        return (0..<3).map { shares[($0 + shift) % 3] }
    }

    /// FNV-1a over the code: the same on every machine, which `hashValue` is not.
    private var hash: UInt64 {
        sku.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 } & (1 << 62 - 1)
    }
}

/// What is known of products while the file is read.
struct ProductTally: Sendable {
    private struct Entry: Sendable {
        var names: [String: Int] = [:]
        var sold = 0
        var writtenOff = 0
    }

    private var entries: [String: Entry] = [:]

    mutating func saw(_ row: RetailRow) {
        guard row.isGoods else { return }
        // A code without any name is a product all the same.
        if row.description.isEmpty {
            entries[row.code] = entries[row.code] ?? Entry()
        } else {
            entries[row.code, default: Entry()].names[row.description, default: 0] += 1
        }
    }

    mutating func count(_ invoice: RetailInvoice) {
        if invoice.kind == .sale {
            for line in invoice.sold where line.isGoods { entries[line.code, default: Entry()].sold += line.quantity }
        }
        for line in invoice.corrections where line.quantity < 0 {
            entries[line.code, default: Entry()].writtenOff -= line.quantity
        }
    }

    /// Sorted by code. Of names that are equally frequent the first in alphabetical order counts.
    var products: [RetailProduct] {
        entries.sorted { $0.key < $1.key }.map { code, entry in
            let name = entry.names.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
            return RetailProduct(
                sku: code, name: name ?? code, sold: entry.sold, writtenOff: entry.writtenOff)
        }
    }
}
