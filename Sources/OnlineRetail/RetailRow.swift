import Kernel

/// Why a record is no row of the file.
public enum RetailFlaw: Error, Sendable, Equatable, CustomStringConvertible {
    case csv(CSVFlaw)
    case columns(Int)
    case invoiceNumber(String)
    case stockCode(String)
    case quantity(String)
    case date(String)
    case price(String)
    case customer(String)
    case country(String)
    case label(String)

    public var description: String {
        switch self {
        case .csv(let flaw): flaw.rawValue
        case .columns(let count): "\(count) columns instead of \(RetailRow.columns.count)"
        case .invoiceNumber(let text): "InvoiceNo '\(text)'"
        case .stockCode(let text): "StockCode '\(text)'"
        case .quantity(let text): "Quantity '\(text)'"
        case .date(let text): "InvoiceDate '\(text)'"
        case .price(let text): "UnitPrice '\(text)'"
        case .customer(let text): "CustomerID '\(text)'"
        case .country(let text): "Country '\(text)'"
        case .label(let text): "Description '\(text)'"
        }
    }
}

/// What the first letter of an invoice number says.
public enum InvoiceSeries: Sendable, Equatable {
    case sale
    /// 'C'
    case cancellation
    /// 'A'
    case adjustment
}

/// One row of the file, checked.
public struct RetailRow: Sendable, Equatable {
    public static let columns = [
        "InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country",
    ]

    public let invoice: String
    public let series: InvoiceSeries
    /// In capital letters: the file writes some codes both ways.
    public let code: String
    /// Without spaces at the ends; may be empty.
    public let description: String
    /// Not 0; −1,000,000–1,000,000.
    public let quantity: Int
    /// The file names no time zone: its times are read as UTC.
    public let date: Instant
    /// Minor units, rounded half away from zero; negative in adjustments alone.
    public let price: Int64
    public let customer: String?
    /// ISO 3166-1 alpha-2.
    public let country: String

    /// Five digits with up to three letters; everything else (POST, M, gift vouchers, fees) is paid, never shipped.
    public var isGoods: Bool { Self.isGoods(code) }

    static func isGoods(_ code: String) -> Bool {
        let bytes = code.utf8
        return (5...8).contains(bytes.count) && bytes.prefix(5).allSatisfy { (48...57).contains($0) }
            && bytes.dropFirst(5).allSatisfy { (65...90).contains($0) }
    }

    /// - Throws: the first flaw, in the order of the columns.
    public init(_ fields: [String]) throws(RetailFlaw) {
        guard fields.count == Self.columns.count else { throw .columns(fields.count) }
        invoice = fields[0]
        guard let series = Self.series(fields[0]) else { throw .invoiceNumber(fields[0]) }
        self.series = series
        code = fields[1].uppercased()
        guard SKU(code) != nil else { throw .stockCode(fields[1]) }
        description = Self.trimmed(fields[2])
        guard description.utf8.count <= 200, description.utf8.allSatisfy({ $0 >= 32 && $0 != 127 }) else {
            throw .label(description)
        }
        guard let quantity = Int(fields[3]), quantity != 0, quantity.magnitude <= 1_000_000 else {
            throw .quantity(fields[3])
        }
        self.quantity = quantity
        guard fields[4].utf8.count == 19, let date = Instant(rfc3339: fields[4] + "Z") else { throw .date(fields[4]) }
        self.date = date
        guard let price = Self.minorUnits(fields[5]), price >= 0 || series == .adjustment else {
            throw .price(fields[5])
        }
        self.price = price
        customer = try Self.customer(fields[6])
        guard let country = RetailCountry.code(of: fields[7]) else { throw .country(fields[7]) }
        self.country = country
    }

    private static func series(_ number: String) -> InvoiceSeries? {
        let digits = number.utf8.drop { !(48...57).contains($0) }
        guard (4...12).contains(digits.count), digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return switch number.prefix(number.utf8.count - digits.count) {
        case "": .sale
        case "C": .cancellation
        case "A": .adjustment
        default: nil
        }
    }

    /// `17850.0` is customer 17850.
    private static func customer(_ text: String) throws(RetailFlaw) -> String? {
        if text.isEmpty { return nil }
        let number = text.hasSuffix(".0") ? text.dropLast(2) : text[...]
        guard (1...12).contains(number.utf8.count), number.utf8.allSatisfy({ (48...57).contains($0) }) else {
            throw .customer(text)
        }
        return String(number)
    }

    /// Reads a decimal number exactly; no exponent.
    static func minorUnits(_ text: String) -> Int64? {
        let isNegative = text.hasPrefix("-")
        let parts = text.utf8.dropFirst(isNegative ? 1 : 0)
            .split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), (1...9).contains(parts[0].count),
            parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy { (48...57).contains($0) } })
        else { return nil }
        var value: Int64 = 0
        for digit in parts[0] { value = value * 10 + Int64(digit - 48) }
        let fraction = parts.count == 2 ? Array(parts[1]) : []
        for place in 0..<2 { value = value * 10 + (place < fraction.count ? Int64(fraction[place] - 48) : 0) }
        if fraction.count > 2, fraction[2] >= 53 { value += 1 }
        return isNegative ? -value : value
    }

    private static func trimmed(_ text: String) -> String {
        guard text.utf8.first == 32 || text.utf8.last == 32 else { return text }
        var rest = text[...]
        while rest.first == " " { rest.removeFirst() }
        while rest.last == " " { rest.removeLast() }
        return String(rest)
    }
}
