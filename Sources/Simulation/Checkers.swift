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

    /// Cheap: after every step.
    func quick() throws(Fault) -> [String] {
        let warehouse = reader(.warehouse)
        var problems = try warehouse.rows(
            """
            SELECT product, warehouse FROM stock WHERE on_hand < 0
                OR on_hand < held + allocated + damaged + quality_control + quarantined + safety
            """
        ) { "stock of \($0.integer(0)) in \($0.integer(1)) is promised twice" }
        // 15 kinds of movement aside: what was ever promised and not given back is at most what ever came in.
        problems += try warehouse.rows(
            """
            SELECT a.product, sum(a.quantity), (SELECT sum(quantity) FROM stock_references r WHERE r.product = a.product)
            FROM allocations a JOIN fulfillments f ON f.id = a.fulfillment
            WHERE f.step IN (1, 2, 3, 4, 5, 6, 9, 10) GROUP BY a.product
            HAVING sum(a.quantity) > (SELECT sum(quantity) FROM stock_references r WHERE r.product = a.product)
            """
        ) { "product \($0.integer(0)): \($0.integer(1)) units sold of \($0.integer(2))" }
        return problems + world.violations
    }

    /// Every audit of every service.
    func audit() throws(Fault) -> [String] {
        var checks = try OrdersAudit(process).audit(reader(.orders))
        checks += try WarehouseAudit.audit(reader(.warehouse))
        checks += try ShippingAudit.audit(reader(.shipping))
        for topic in Topic.allCases { checks += try RuntimeAudit.audit(topic, reader(topic)) }
        return checks.filter { !$0.holds }.map { "\($0.name): \($0.offenders.joined(separator: "; "))" }
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
