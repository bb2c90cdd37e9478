import Contracts
import Kernel

/// Units that a customer was allowed to send back to this warehouse.
public struct ExpectedReturn: Sendable, Equatable {
    /// Units of one order line.
    public struct Line: Sendable, Equatable {
        public let units: UnitRange
        public let productID: ProductID
        /// What was found out; `nil` until they are received.
        public let disposition: ReturnDisposition?
        public let settlement: ReturnSettlement

        public init(
            units: UnitRange, productID: ProductID, disposition: ReturnDisposition? = nil,
            settlement: ReturnSettlement = .none
        ) {
            self.units = units
            self.productID = productID
            self.disposition = disposition
            self.settlement = settlement
        }
    }

    public let id: ReturnID
    public let orderID: OrderID
    public let warehouseID: WarehouseID
    public let expectedAt: Instant
    /// Each unit once; while it is expected as approved, then as found out.
    public internal(set) var lines: [Line]
    /// Who received it; `nil` until then.
    public internal(set) var worker: String?
    public internal(set) var receivedAt: Instant?

    public init(
        id: ReturnID, orderID: OrderID, warehouseID: WarehouseID, expectedAt: Instant, lines: [Line] = [],
        worker: String? = nil, receivedAt: Instant? = nil
    ) {
        self.id = id
        self.orderID = orderID
        self.warehouseID = warehouseID
        self.expectedAt = expectedAt
        self.lines = lines
        self.worker = worker
        self.receivedAt = receivedAt
    }

    public var isReceived: Bool { receivedAt != nil }

    /// Units that are in the building because of it.
    var unitsHere: [UnitRange] { lines.filter { $0.disposition?.isHere == true }.map(\.units) }

    /// What was found out, as others are told; empty until it is received.
    public var inspected: [InspectedUnits] {
        lines.compactMap { line in
            line.disposition.map {
                InspectedUnits(units: line.units, disposition: $0, settlement: line.settlement)
            }
        }
    }
}

extension WarehouseState {
    /// Adds a return as it is stored, without its lines.
    public mutating func load(_ customerReturn: ExpectedReturn) {
        if returns[customerReturn.id] == nil { returns[customerReturn.id] = customerReturn }
    }

    /// Adds units to a return loaded before.
    public mutating func load(_ line: ExpectedReturn.Line, of id: ReturnID) { returns[id]?.lines.append(line) }

    /// Units of an order that came back, one way or the other. What is asked about must be loaded.
    func unitsBack(of orderID: OrderID) -> [UnitRange] {
        let sentBack = returns.values.filter { $0.orderID == orderID }.flatMap(\.unitsHere)
        let broughtBack = (fulfillmentsOfOrder[orderID] ?? []).compactMap { fulfillments[$0] }
            .filter { $0.step == .returned }.flatMap(\.units)
        return sentBack + broughtBack
    }
}
