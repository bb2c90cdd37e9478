import Kernel

/// What happened, in the past tense: one of the facts and requests of a topic.
///
/// Every event carries ids and facts, never names, addresses, e-mails or card data.
public protocol EventPayload: Sendable, Equatable {
    /// The CloudEvents `type`, for example `OrderCreated`.
    static var type: String { get }
    /// The version of the payload's schema; a change that old readers would not understand raises it.
    static var version: Int { get }
    func write(_ json: inout JSONWriter)
    init(_ json: JSONValue) throws(Fault)
}

extension EventPayload {
    public static var version: Int { 1 }
}

/// An event of any topic. Indirect: it is passed from list to list more often than it is looked into.
public indirect enum Event: Sendable, Equatable {
    case orders(OrdersEvent)
    case warehouse(WarehouseEvent)
    case shipping(ShippingEvent)

    public var topic: Topic {
        switch self {
        case .orders: .orders
        case .warehouse: .warehouse
        case .shipping: .shipping
        }
    }

    public var payload: any EventPayload {
        switch self {
        case .orders(let event): event.payload
        case .warehouse(let event): event.payload
        case .shipping(let event): event.payload
        }
    }

    public var type: String { Swift.type(of: payload).type }

    /// What the event is about, and with it the order of processing: the raw value of an order's id, or of a
    /// product's for facts of the catalog and of stock.
    public var key: Int64 {
        switch self {
        case .orders(let event): event.key
        case .warehouse(let event): event.key
        case .shipping(let event): event.key
        }
    }

    /// The payload as JSON.
    public var json: [UInt8] {
        var writer = JSONWriter(reserving: 192)
        writer.object { payload.write(&$0) }
        return writer.bytes
    }

    /// Reads an event back from its topic, type and payload.
    ///
    /// - Throws: a fault `unknown_event` for a type that this version does not know, `malformed_document` for a
    ///   payload that does not hold what the type promises.
    public init(topic: Topic, type: String, json bytes: some Collection<UInt8>) throws(Fault) {
        let json: JSONValue
        do {
            json = try JSONValue(parsing: bytes)
        } catch {
            throw Fault("malformed_document", retryable: false, "\(type): \(error.reason.rawValue) at \(error.offset)")
        }
        try self.init(topic: topic, type: type, json: json)
    }

    /// Reads an event back from its topic, type and parsed payload; throws as the other.
    public init(topic: Topic, type: String, json: JSONValue) throws(Fault) {
        switch topic {
        case .orders: self = .orders(try OrdersEvent(type: type, json: json))
        case .warehouse: self = .warehouse(try WarehouseEvent(type: type, json: json))
        case .shipping: self = .shipping(try ShippingEvent(type: type, json: json))
        }
    }

    static func unknown(_ type: String, in topic: Topic) -> Fault {
        Fault("unknown_event", retryable: false, "\(type) in topic \(topic.rawValue)")
    }
}

/// An event with its place in the log.
public struct Envelope: Sendable, Equatable {
    public let partition: Int
    /// Dense per topic and partition, from 1.
    public let position: Int64
    public let recordedAt: Instant
    public let event: Event

    public init(partition: Int, position: Int64, recordedAt: Instant, event: Event) {
        self.partition = partition
        self.position = position
        self.recordedAt = recordedAt
        self.event = event
    }

    public var topic: Topic { event.topic }
    public var key: Int64 { event.key }
}
