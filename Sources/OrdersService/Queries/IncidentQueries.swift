import BPMN
import Kernel
import Ports

extension OrdersQueries {
    /// Places where processes stopped and wait for a repair, by order and key, oldest order first.
    ///
    /// Reads the model from the tables, so it needs no process file.
    ///
    /// - Parameters:
    ///   - after: the last place of the page before.
    ///   - limit: 1–200.
    /// - Throws: as ``DatabaseConnection`` says, and `process_version_unusable`.
    /// - Complexity: O(limit) instances are decoded, over an index.
    public static func incidents(
        after: IncidentPlace? = nil, limit: Int, _ database: any DatabaseConnection
    ) throws(Fault) -> [IncidentView] {
        let newest = try database.first(
            "SELECT xml FROM process_definitions ORDER BY registered_at DESC LIMIT 1"
        ) { $0.bytes(0) }
        guard let newest else { return [] }
        let reader: ProcessReader
        do {
            reader = try ProcessReader(process: newest)
        } catch {
            throw Fault("process_version_unusable", retryable: false, "\(error)")
        }
        let views = try reader.incidents(from: after?.orderID, limit: limit + 1, database)
        return Array(views.filter { $0.place > after ?? $0.place.before }.prefix(limit))
    }
}

/// Where a process stopped: the order, and the incident's key within its process.
public struct IncidentPlace: Sendable, Hashable, Comparable {
    public let orderID: OrderID
    public let key: IncidentKey

    public init(orderID: OrderID, key: IncidentKey) {
        self.orderID = orderID
        self.key = key
    }

    /// Reads ``text``.
    public init?(text: some StringProtocol) {
        let parts = text.split(separator: "-", maxSplits: 1)
        guard parts.count == 2, let orderID = OrderID(text: parts[0]), let key = Int32(parts[1]), key >= 0,
            String(key) == parts[1]
        else { return nil }
        self.init(orderID: orderID, key: IncidentKey(rawValue: key))
    }

    /// The order's id, a dash and the key, as `ord_01jd3q8f6v000-3`.
    public var text: String { "\(orderID)-\(key)" }

    public static func < (left: Self, right: Self) -> Bool { (left.orderID, left.key) < (right.orderID, right.key) }

    /// A place before every place of the same order.
    fileprivate var before: IncidentPlace { IncidentPlace(orderID: orderID, key: IncidentKey(rawValue: -1)) }
}

extension IncidentView {
    public var place: IncidentPlace { IncidentPlace(orderID: orderID, key: incident.key) }
}
