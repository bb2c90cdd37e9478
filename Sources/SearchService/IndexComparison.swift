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
    private let logs: [Topic: ReadPool]
    private let orders: any OrderDirectory
    private let warehouses: any WarehouseDirectory

    /// - Parameters:
    ///   - reads: of the search service's own database.
    ///   - logs: of every topic's database.
    public init(
        _ name: IndexName, in index: any SearchIndex, reads: ReadPool, logs: [Topic: ReadPool],
        orders: any OrderDirectory, warehouses: any WarehouseDirectory
    ) {
        self.index = index
        self.name = name
        self.reads = reads
        self.logs = logs
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
            let page = try await stored(after: last, positions)
            guard let end = page.last?.orderID else { break }
            let found = try await documents.next(upTo: end)
            try await compare(page, with: found, codes, &report)
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
        let orderID: OrderID
        let fold: OrderFold
        let isWritten: Bool
    }

    private func stored(after last: OrderID?, _ positions: [Int: Int64]) async throws(Fault) -> [Stored] {
        try await reads.read { database throws(Fault) in
            try database.rows(
                "SELECT order_id, change, fold FROM folds WHERE order_id > $1 ORDER BY order_id LIMIT $2",
                [.integer(last?.rawValue ?? .min), .int(Self.pageSize)]
            ) { row throws(Fault) in
                let partition = Int(row.integer(1) >> 48)
                let change = row.integer(1) & (1 << 48 - 1)
                return Stored(
                    orderID: row.id(0), fold: try OrderFold(stored: row.bytes(2)),
                    isWritten: change <= positions[partition] ?? 0)
            }
        }
    }

    private func compare(
        _ page: [Stored], with found: [OrderID: SearchDocument], _ codes: [WarehouseID: String],
        _ report: inout Report
    ) async throws(Fault) {
        let folded = try await folded(page.map(\.orderID))
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
            var fold = stored.fold
            if let log = folded[stored.orderID], log.placedAt != nil {
                // Events that came since the stored fold was read are not in it: it is the older one that counts.
                if log.events == fold.events, log != fold {
                    report.add("\(stored.orderID): the stored fold is not what the log says")
                    fold = log
                } else if log.events < fold.events {
                    report.add("\(stored.orderID): \(fold.events) events are folded, the log has \(log.events)")
                }
            } else {
                report.withoutLog += 1
            }
            guard fold.placedAt != nil else { continue }
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

    /// Every order's events of every topic, folded.
    private func folded(_ ids: [OrderID]) async throws(Fault) -> [OrderID: OrderFold] {
        var folds: [OrderID: OrderFold] = [:]
        for topic in Topic.allCases {
            guard let log = logs[topic] else { continue }
            let histories = try await log.read { database throws(Fault) in
                var histories: [[Envelope]] = []
                for id in ids { histories.append(try LogTable.history(topic, database, key: id.rawValue)) }
                return histories
            }
            for (id, history) in zip(ids, histories) {
                for envelope in history where envelope.event.concernsOrder {
                    folds[id, default: OrderFold()].apply(envelope)
                }
            }
        }
        return folds
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
