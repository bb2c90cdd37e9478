import Kernel

/// A row that could not be used.
public struct MalformedRow: Sendable, Equatable {
    /// Of the file, from 1.
    public let line: Int
    public let flaw: RetailFlaw
}

/// Everything the file says, in the order of its invoices' dates.
public struct RetailFile: Sendable {
    /// Rows after the header, malformed ones included.
    public let rows: Int
    public let malformedCount: Int
    /// The first ``RetailReader/malformedKept`` of them.
    public let malformed: [MalformedRow]
    public let invoices: [RetailInvoice]
    public let products: [RetailProduct]
    public let matching: ReturnMatching
}

/// Reads the file piece by piece. Rows are added up as they come; only invoices stay in memory.
public struct RetailReader: Sendable {
    /// How many malformed rows are kept with their reason; all are counted.
    public static let malformedKept = 1000

    private var csv = CSVReader()
    private var header: [String]?
    private var rows = 0
    private var malformedCount = 0
    private var malformed: [MalformedRow] = []
    private var invoices: [RetailInvoice] = []
    private var places: [String: Int] = [:]
    private var products = ProductTally()

    public init() {}

    public mutating func read(_ bytes: some Sequence<UInt8>) {
        var csv = self.csv
        csv.read(bytes) { take($0) }
        self.csv = csv
    }

    /// The file has ended.
    ///
    /// - Parameter limit: use only so many orders, and what happened until the last of them.
    /// - Throws: `not_online_retail` when the first record is not the header of this file.
    public mutating func finish(firstOrders limit: Int? = nil) throws(Fault) -> RetailFile {
        var csv = self.csv
        csv.finish { take($0) }
        self.csv = csv
        guard header == RetailRow.columns else {
            throw Fault(
                "not_online_retail", retryable: false,
                "the file must begin with \(RetailRow.columns.joined(separator: ",")); it begins with "
                    + (header ?? []).joined(separator: ",").prefix(200))
        }
        var sorted = invoices
        // The place in the file decides between equal dates, so that the order is the same every time.
        sorted = sorted.enumerated().sorted {
            ($0.element.date, $0.offset) < ($1.element.date, $1.offset)
        }.map(\.element)
        if let limit { sorted = Self.first(limit, of: sorted) }
        for invoice in sorted { products.count(invoice) }
        return RetailFile(
            rows: rows, malformedCount: malformedCount, malformed: malformed, invoices: sorted,
            products: products.products, matching: ReturnMatching(sorted))
    }

    private static func first(_ limit: Int, of invoices: [RetailInvoice]) -> [RetailInvoice] {
        var orders = 0
        return Array(
            invoices.prefix { invoice in
                guard orders < limit else { return false }
                if invoice.kind.isOrder { orders += 1 }
                return true
            })
    }

    private mutating func take(_ item: CSVReader.Item) {
        switch item {
        case .record(let record) where header == nil: header = record.fields
        case .record(let record):
            rows += 1
            do throws(RetailFlaw) {
                add(try RetailRow(record.fields))
            } catch {
                note(record.line, error)
            }
        case .malformed(let line, let flaw):
            if header == nil { header = [] } else { rows += 1 }
            note(line, .csv(flaw))
        }
    }

    private mutating func note(_ line: Int, _ flaw: RetailFlaw) {
        malformedCount += 1
        if malformed.count < Self.malformedKept { malformed.append(MalformedRow(line: line, flaw: flaw)) }
    }

    private mutating func add(_ row: RetailRow) {
        products.saw(row)
        if let place = places[row.invoice] {
            invoices[place].add(row)
            return
        }
        places[row.invoice] = invoices.count
        var invoice = RetailInvoice(
            number: row.invoice, series: row.series, date: row.date, customer: row.customer, country: row.country,
            lines: [])
        invoice.add(row)
        invoices.append(invoice)
    }
}
