import Contracts
import Kernel
import Ports
import Runtime
import SearchLanguage

/// Compares an index with the log: every order's events are folded anew, and its document is made anew.
public struct IndexComparison: Sendable {
    /// What came of it.
    public struct Report: Sendable, Equatable {
        /// Orders that were compared.
        public var orders = 0
        /// Documents that the index has.
        public var documents = 0
        /// Orders that changed and are not written yet: no difference.
        public var waiting = 0
        /// Orders whose first events are past their time in the log: compared with the stored fold.
        public var withoutLog = 0
        /// How many differences there are.
        public var differenceCount = 0
        /// The first of them, one a line: `ord_…: carrier is [dhl], should be [ups]`.
        public var differences: [String] = []

        mutating func add(_ difference: String) {
            differenceCount += 1
            if differences.count < IndexComparison.differencesKept { differences.append(difference) }
        }
    }

    static let differencesKept = 100
    private static let pageSize = 200

    private let index: any SearchIndex
    private let name: IndexName
    private let reads: ReadPool
    private let history: LogHistory
    private let orders: any OrderDirectory
    private let warehouses: any WarehouseDirectory

    /// - Parameters:
    ///   - reads: of the search service's own database.
    public init(
        _ name: IndexName, in index: any SearchIndex, reads: ReadPool, history: LogHistory,
        orders: any OrderDirectory, warehouses: any WarehouseDirectory
    ) {
        self.index = index
        self.name = name
        self.reads = reads
        self.history = history
        self.orders = orders
        self.warehouses = warehouses
    }

    /// - Parameter progress: is told how many orders are compared so far.
    public func run(progress: @Sendable (Int) -> Void = { _ in }) async throws(Fault) -> Report {
        var report = Report()
        try await index.refresh(name)
        let codes = try await warehouses.codes()
        let positions = try await reads.read { [name] database throws(Fault) in
            try IndexPositions.read(name, database)
        }
        var documents = DocumentPages(index: index, name: name, pageSize: Self.pageSize)
        var last: OrderID?
        while true {
            let (page, reach) = try await stored(after: last, positions)
            guard let end = page.last?.orderID else { break }
            let found = try await documents.next(upTo: end)
            try await compare(page, reach, with: found, codes, &report)
            last = end
            report.documents += found.count
            progress(report.orders)
        }
        for document in try await documents.rest() {
            report.documents += 1
            report.add("\(document.orderID): is in the index, and the log does not know it")
        }
        return report
    }

    private struct Stored: Sendable {
        let changed: FoldTable.Changed
        let isWritten: Bool
        var orderID: OrderID { changed.orderID }
    }

    private func stored(
        after last: OrderID?, _ positions: [Int: Int64]
    ) async throws(Fault) -> (page: [Stored], reach: LogHistory.Reach) {
        try await reads.read { database throws(Fault) in
            // The folds, and how far they have read, are of one moment.
            try database.beginReading()
            defer { database.rollback() }
            let page = try database.rows(
                "SELECT order_id, change, fold FROM folds WHERE order_id > $1 ORDER BY order_id LIMIT $2",
                [.integer(last?.rawValue ?? .min), .int(Self.pageSize)]
            ) { row in
                let partition = Int(row.integer(1) >> 48)
                let change = row.integer(1) & (1 << 48 - 1)
                return Stored(
                    changed: FoldTable.Changed(orderID: row.id(0), change: change, stored: row.bytes(2)),
                    isWritten: change <= positions[partition] ?? 0)
            }
            return (page, try LogHistory.Reach(database))
        }
    }

    private func compare(
        _ page: [Stored], _ reach: LogHistory.Reach, with found: [OrderID: SearchDocument],
        _ codes: [WarehouseID: String],
        _ report: inout Report
    ) async throws(Fault) {
        let folded = try await history.folds(of: page.map(\.orderID), upTo: reach)
        let facts = try await orders.facts(of: page.map(\.orderID))
        for id in found.keys.sorted() where !page.contains(where: { $0.orderID == id }) {
            report.add("\(id): is in the index, and the log does not know it")
        }
        for stored in page {
            guard stored.isWritten else {
                report.waiting += 1
                continue
            }
            report.orders += 1
            guard let fold = told(stored.changed, folded[stored.orderID], &report), fold.placedAt != nil else {
                continue
            }
            guard let facts = facts[stored.orderID] else {
                report.add("\(stored.orderID): Orders does not know it")
                continue
            }
            let expected = OrderDescription.document(stored.orderID, fold, facts, warehouses: codes)
            guard let document = found[stored.orderID] else {
                report.add("\(stored.orderID): is missing in the index")
                continue
            }
            for difference in Self.differences(document, expected) { report.add("\(stored.orderID): \(difference)") }
        }
    }

    /// What an order's document should be made of: what the log says, else what is stored.
    private func told(_ stored: FoldTable.Changed, _ log: OrderFold?, _ report: inout Report) -> OrderFold? {
        if let log {
            switch stored.fold {
            case log: break
            case .some(let fold) where fold.events != log.events:
                report.add("\(stored.orderID): \(fold.events) events are folded, the log has \(log.events)")
            case .some: report.add("\(stored.orderID): the stored fold is not what the log says")
            case .none: report.add("\(stored.orderID): the stored fold cannot be read")
            }
            return log
        }
        report.withoutLog += 1
        if stored.fold == nil { report.add("\(stored.orderID): the stored fold cannot be read") }
        return stored.fold
    }

    static func differences(_ found: SearchDocument, _ expected: SearchDocument) -> [String] {
        var differences: [String] = []
        if found.version != expected.version {
            differences.append("version is \(found.version), should be \(expected.version)")
        }
        for field in SearchField.allCases {
            let (left, right) = (text(field, found), text(field, expected))
            if left != right {
                // Who somebody is belongs into no report.
                differences.append(
                    field.isPersonal ? "\(field.rawValue) differs" : "\(field.rawValue) is \(left), should be \(right)")
            }
        }
        return differences
    }

    private static func text(_ field: SearchField, _ document: SearchDocument) -> String {
        switch field.kind {
        case .keyword: "[\((document.keywords[field] ?? []).joined(separator: ", "))]"
        case .text: "'\(document.texts[field] ?? "")'"
        case .amount, .count, .time: document.numbers[field].map { "\($0)" } ?? "nothing"
        }
    }
}

/// An index's documents, page by page, in step with the orders that they are compared with.
private struct DocumentPages {
    let index: any SearchIndex
    let name: IndexName
    let pageSize: Int
    private var waiting: [SearchDocument] = []
    private var last: OrderID?
    private var isAtEnd = false

    init(index: any SearchIndex, name: IndexName, pageSize: Int) {
        self.index = index
        self.name = name
        self.pageSize = pageSize
    }

    /// All that follow, up to and with an order.
    mutating func next(upTo end: OrderID) async throws(Fault) -> [OrderID: SearchDocument] {
        while !isAtEnd, waiting.last.map({ $0.orderID <= end }) ?? true { try await load() }
        let count = waiting.firstIndex { $0.orderID > end } ?? waiting.count
        let taken = waiting.prefix(count)
        waiting.removeFirst(count)
        return Dictionary(uniqueKeysWithValues: taken.map { ($0.orderID, $0) })
    }

    /// What follows the last order, one page at most: enough to say so.
    mutating func rest() async throws(Fault) -> [SearchDocument] {
        if waiting.isEmpty, !isAtEnd { try await load() }
        return waiting
    }

    private mutating func load() async throws(Fault) {
        let page = try await index.documents(in: name, after: last, limit: pageSize)
        isAtEnd = page.count < pageSize
        last = page.last?.orderID ?? last
        waiting += page
    }
}
