import Kernel

/// What becomes of a unit that a customer sent back. Raw values are stored: never renumbered.
public enum ReturnDisposition: Int64, CaseIterable, Sendable {
    /// Good to be sold again.
    case restock = 1
    /// Here, and not to be sold before somebody has looked closer.
    case qualityControl = 2
    /// Thrown away.
    case scrap = 3
    /// Something else was in the parcel.
    case wrongItem = 4
    /// It did not come.
    case missing = 5

    public var name: String {
        switch self {
        case .restock: "restock"
        case .qualityControl: "quality_control"
        case .scrap: "scrap"
        case .wrongItem: "wrong_item"
        case .missing: "missing"
        }
    }

    public init?(name: String) {
        guard let disposition = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = disposition
    }

    /// Whether the unit itself is in the building.
    public var isHere: Bool { self != .wrongItem && self != .missing }
}

/// What the customer gets for a unit. Raw values are stored: never renumbered.
public enum ReturnSettlement: Int64, CaseIterable, Sendable {
    case none = 0
    /// The money that the unit was worth when it was ordered.
    case refund = 1

    public var name: String {
        switch self {
        case .none: "none"
        case .refund: "refund"
        }
    }

    public init?(name: String) {
        guard let settlement = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = settlement
    }
}

/// Units of a return with what was found out about them.
public struct InspectedUnits: Sendable, Equatable {
    public let units: UnitRange
    public let disposition: ReturnDisposition
    public let settlement: ReturnSettlement

    public init(units: UnitRange, disposition: ReturnDisposition, settlement: ReturnSettlement) {
        self.units = units
        self.disposition = disposition
        self.settlement = settlement
    }

    public func write(_ json: inout JSONWriter) {
        units.write(&json)
        json.member("disposition", disposition.name)
        json.member("settlement", settlement.name)
    }

    public init(_ json: JSONValue) throws(Fault) {
        let disposition = try json.requireString("disposition")
        let settlement = try json.requireString("settlement")
        guard let known = ReturnDisposition(name: disposition), let settled = ReturnSettlement(name: settlement) else {
            throw Fault("malformed_document", retryable: false, "disposition \(disposition), settlement \(settlement)")
        }
        self.init(units: try UnitRange(json), disposition: known, settlement: settled)
    }
}
