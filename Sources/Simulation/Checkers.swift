import Contracts
import Kernel
import OrdersService
import Ports
import Runtime
import ShippingService
import WarehouseService

/// What must hold, asked of the tables and compared with the outside world's books.
final class Checkers {
    private let readers: [Topic: any DatabaseConnection]
    private let process: ProcessReader
    private let world: SimulatedWorld

    init(_ system: SimulatedSystem, process: OrderProcess) throws {
        var readers: [Topic: any DatabaseConnection] = [:]
        for topic in Topic.allCases { readers[topic] = try system.reader(topic) }
        self.readers = readers
        self.process = ProcessReader(process)
        world = system.world
    }

    func reader(_ topic: Topic) -> any DatabaseConnection {
        guard let reader = readers[topic] else { preconditionFailure("no reader of \(topic)") }
        return reader
    }

    /// After every step of a service: what its tables must say at any time, in words other than the audits' own, and
    /// for Warehouse these as well, since nothing there grows with the orders that have ended.
    func afterStep(of topic: Topic) throws(Fault) -> [String] {
        var problems = world.violations
        switch topic {
        case .orders:
            problems += try find(topic, "money is out of order", Self.moneyOutOfOrder)
            problems += try find(topic, "captured is not the sum over its fulfillments", Self.capturesApart)
            problems += try find(topic, "cancelled or rejected, and holds money", Self.endedWithMoney)
        case .warehouse:
            problems += try find(topic, "is sold more often than it ever came in", Self.soldTwice)
            problems += Self.problems(of: try WarehouseAudit.audit(reader(.warehouse)))
        case .shipping: problems += try find(topic, "has two labels", Self.twoLabels)
        }
        return try problems + cursorsPastHeads(of: topic)
    }

    private func find(_ topic: Topic, _ problem: String, _ sql: String) throws(Fault) -> [String] {
        try reader(topic).rows(sql + " LIMIT 10") { "\(topic): \($0.integer(0)) \(problem)" }
    }

    private static let moneyOutOfOrder = """
        SELECT id FROM orders
        WHERE authorized > total OR captured + voided > authorized OR refunded > captured OR refunded < 0
        """
    private static let capturesApart = """
        SELECT id FROM orders JOIN (SELECT order_id, sum(captured) AS captured FROM fulfillments GROUP BY order_id) sums
            ON sums.order_id = orders.id
        WHERE orders.captured <> sums.captured
        """
    private static let endedWithMoney = "SELECT id FROM orders WHERE state IN (5, 6) AND captured > 0"
    /// What was ever promised and not given back is at most what ever came in.
    private static let soldTwice = """
        SELECT a.product FROM allocations a JOIN fulfillments f ON f.id = a.fulfillment
        WHERE f.step IN (1, 2, 3, 4, 5, 6, 9, 10) GROUP BY a.product
        HAVING sum(a.quantity) > (SELECT sum(quantity) FROM stock_references r WHERE r.product = a.product)
        """
    private static let twoLabels = """
        SELECT subject FROM effects WHERE kind = 5 AND status = 1 GROUP BY subject HAVING count(*) > 1
        """

    private func cursorsPastHeads(of topic: Topic) throws(Fault) -> [String] {
        var problems: [String] = []
        let cursors = try reader(topic).rows("SELECT topic, position, partition FROM cursors") {
            ($0.text(0), $0.integer(1), $0.int(2))
        }
        for (name, position, partition) in cursors {
            guard let producer = Topic(rawValue: name) else { continue }
            let head = try LogTable.head(reader(producer), partition: partition)
            if position > head { problems.append("\(topic) read \(name) to \(position) of \(head)") }
        }
        return problems
    }

    /// Every audit of every service.
    func audit() throws(Fault) -> [String] {
        var checks = try OrdersAudit(process).audit(reader(.orders))
        checks += try WarehouseAudit.audit(reader(.warehouse))
        checks += try ShippingAudit.audit(reader(.shipping))
        for topic in Topic.allCases { checks += try RuntimeAudit.audit(topic, reader(topic)) }
        return Self.problems(of: checks)
    }

    private static func problems(of checks: [AuditCheck]) -> [String] {
        checks.filter { !$0.holds }.map { "\($0.name): \($0.offenders.joined(separator: "; "))" }
    }

    /// When nothing is left to do.
    func end(placed: Int) throws(Fault) -> [String] {
        var problems = try audit()
        let orders = reader(.orders)
        let count = try orders.integer("SELECT count(*) FROM orders")
        if count != placed { problems.append("\(count) orders are stored, \(placed) were acknowledged") }
        let open = try orders.rows("SELECT id, state FROM orders WHERE state < 4 ORDER BY id LIMIT 10") {
            ($0.id(0, OrderKind.self), $0.integer(1))
        }
        for (id, state) in open { problems.append("\(id) is in state \(state): \(try waiting(id))") }
        for topic in Topic.allCases {
            problems += try reader(topic).rows(
                "SELECT kind, subject FROM effects WHERE status = 0 ORDER BY kind, subject LIMIT 10"
            ) { "\(topic): effect \($0.integer(0)) of \($0.integer(1)) never ended" }
        }
        return problems + (try booksAgree())
    }

    private func waiting(_ id: OrderID) throws(Fault) -> String {
        guard let instance = try process.instance(of: id, reader(.orders)) else { return "no process" }
        return "jobs \(instance.jobs.map { "\($0.type) \($0.variables)" }), "
            + "messages \(instance.messageSubscriptions), incidents \(instance.incidents)"
    }

    private func booksAgree() throws(Fault) -> [String] {
        var problems: [String] = []
        var held: [Int64: [Int64]] = [:]
        for authorization in world.authorizations {
            let amounts = [
                authorization.authorized, authorization.captured, authorization.refunded, authorization.voided,
            ]
            let former = held[authorization.order.rawValue] ?? [0, 0, 0, 0]
            held[authorization.order.rawValue] = zip(former, amounts).map { $0 + $1 }
        }
        try reader(.orders).query("SELECT id, authorized, captured, refunded, voided FROM orders", []) { row in
            let ours = (1...4).map { row.integer($0) }
            let theirs = held[row.integer(0)] ?? [0, 0, 0, 0]
            if ours != theirs, problems.count < 10 {
                problems.append("\(row.id(0, OrderKind.self)): money \(ours), by the provider \(theirs)")
            }
        }
        var labels: [ShipmentID: [String]] = [:]
        for label in world.labels where !label.isVoid {
            labels[label.shipment, default: []].append(label.trackingNumber)
        }
        try reader(.shipping).query("SELECT id, label, tracking_number FROM shipments", []) { row in
            let ours = row.integer(1) == 3 || row.integer(1) == 6 ? [row.text(2)] : []
            let theirs = labels[row.id(0)] ?? []
            if ours != theirs, problems.count < 20 {
                problems.append("\(row.id(0, ShipmentKind.self)): labels \(ours), by the couriers \(theirs)")
            }
        }
        return problems
    }

    func eventCounts() throws(Fault) -> [String: Int64] {
        var counts: [String: Int64] = [:]
        for topic in Topic.allCases {
            try reader(topic).query("SELECT type, count(*) FROM events GROUP BY type", []) {
                counts[$0.text(0)] = $0.integer(1)
            }
        }
        return counts
    }

    /// All events of all topics, byte for byte.
    func transcript() throws(Fault) -> [String] {
        var lines: [String] = []
        for topic in Topic.allCases {
            lines += try reader(topic).rows("SELECT place, key, type, recorded_at, payload FROM events ORDER BY place")
            {
                "\(topic) \($0.integer(0)) \($0.integer(1)) \($0.text(2)) \($0.integer(3)) \($0.text(4))"
            }
        }
        return lines
    }
}
