import BPMN
import Kernel
import Orders
import Ports

/// Where orders stand in their process. Keeps compiled versions: one reader serves one thread's connection.
public final class ProcessReader {
    private let versions: ProcessVersions

    /// - Parameter process: the current process file.
    /// - Throws: ``BPMN/LoadError`` or ``BPMN/ModelRefused``.
    public convenience init(process: [UInt8]) throws { self.init(try OrderProcess(xml: process)) }

    public init(_ process: OrderProcess) { versions = ProcessVersions(process) }

    /// The model that new orders begin with, for drawing.
    public var currentModel: CompiledModel { versions.current.model }

    /// The process of one order, with its tokens, what it waits for and its incidents.
    public func instance(of id: OrderID, _ database: any DatabaseConnection) throws(Fault) -> ProcessInstance? {
        try database.first(
            "SELECT version, state FROM process_instances WHERE order_id = $1", [.id(id)]
        ) { row throws(Fault) in
            let engine = try versions.engine(row.integer(0), database)
            return try ProcessInstance(decoding: row.bytes(1), model: engine.model)
        }
    }

    /// How many tokens stand at each element, over all running orders of the current version.
    ///
    /// - Parameter limit: at most so many orders are looked at, the newest first.
    /// - Complexity: O(running orders) within the limit.
    public func tokenCounts(limit: Int = 5000, _ database: any DatabaseConnection) throws(Fault) -> TokenCounts {
        var counts = TokenCounts(tokens: [:], instances: 0, isPartial: false)
        let version = ProcessVersions.version(of: versions.current)
        for state in OrderState.allCases where !state.isTerminal {
            let left = limit - counts.instances
            guard left > 0 else {
                counts.isPartial = true
                break
            }
            var read = 0
            try database.query(
                """
                SELECT process_instances.version, process_instances.state FROM orders
                JOIN process_instances ON process_instances.order_id = orders.id
                WHERE orders.state = $1 ORDER BY orders.id DESC LIMIT $2
                """, [.integer(state.rawValue), .int(left)]
            ) { row throws(Fault) in
                read += 1
                guard row.integer(0) == version else { return }
                let instance = try ProcessInstance(decoding: row.bytes(1), model: versions.current.model)
                counts.instances += 1
                for (element, count) in instance.tokens { counts.tokens[element, default: 0] += count }
            }
            if read == left { counts.isPartial = true }
        }
        return counts
    }

    /// Places where processes stopped, oldest order first.
    ///
    /// - Parameters:
    ///   - from: the first order to look at; `nil` for all.
    ///   - limit: at most so many orders are looked at.
    public func incidents(
        from order: OrderID? = nil, limit: Int, _ database: any DatabaseConnection
    ) throws(Fault) -> [IncidentView] {
        var views: [IncidentView] = []
        try database.query(
            """
            SELECT order_id, version, state FROM process_instances WHERE incidents > 0 AND order_id >= $1
            ORDER BY order_id LIMIT $2
            """, [.integer(order?.rawValue ?? 0), .int(limit)]
        ) { row throws(Fault) in
            let engine = try versions.engine(row.integer(1), database)
            let instance = try ProcessInstance(decoding: row.bytes(2), model: engine.model)
            views += instance.incidents.sorted { $0.key < $1.key }
                .map { IncidentView(orderID: row.id(0), incident: $0) }
        }
        return views
    }
}

public struct TokenCounts: Sendable, Equatable {
    /// By the element's id.
    public var tokens: [String: Int]
    /// How many orders were counted.
    public var instances: Int
    /// There are more running orders than were looked at.
    public var isPartial: Bool
}

public struct IncidentView: Sendable, Equatable {
    public let orderID: OrderID
    public let incident: Incident
}
