import Kernel
import Runtime
import Shipping

/// What callers ask of Shipping.
public enum ShippingCommand: Sendable, Equatable {
    /// A courier, known by its signature, reports about its parcels.
    ///
    /// Accepted as a whole: each entry has its own answer, in order. Rejected with `too_many_reports` beyond
    /// ``maximumReports``.
    case recordReports(carrier: String, entries: [ReportEntry])

    public static let maximumReports = 2048
}

extension ShippingLogic {
    public static var routing: CommandRouting<ShippingCommand, ShippingReply> {
        CommandRouting(
            place: { command in
                switch command {
                case .recordReports(_, let entries): .each(entries.map(\.place))
                }
            },
            part: { command, places in
                switch command {
                case .recordReports(let carrier, let entries):
                    .recordReports(carrier: carrier, entries: places.map { entries[$0] })
                }
            },
            join: { parts in
                .reports(
                    CommandRouting<ShippingCommand, ShippingReply>.inOrder(
                        parts.map { part in
                            switch part.reply {
                            case .reports(let outcomes): (part.places, outcomes)
                            }
                        }))
            })
    }
}

extension ReportEntry {
    /// What a report's partition follows from. A tracking number says nothing about it: whoever has several partitions
    /// looks the shipment up first, and what is unknown then is unknown everywhere.
    fileprivate var place: Int64 {
        switch self {
        case .report(about: .shipment(let id), _, messageID: _): id.rawValue
        case .report(about: .trackingNumber, _, messageID: _), .invalid: 0
        }
    }
}

/// One report of a request.
public enum ReportEntry: Sendable, Equatable {
    /// - messageID: the courier's id of the report (`event_id`), or else the `webhook-id` of a request that holds this
    ///   report alone; `nil` when there is neither. The id of a request with several reports says nothing about one.
    case report(about: ReportSubject, CourierReport, messageID: String?)
    /// It could not be read; passed through, so that answers stay in order.
    case invalid(CourierReportRejection)
}

/// How a courier names a parcel.
public enum ReportSubject: Sendable, Hashable {
    case shipment(ShipmentID)
    /// Numbers are used again: the label that was young enough when the report happened is meant.
    case trackingNumber(String)
}

public enum ShippingReply: Sendable, Equatable {
    case reports([ReportOutcome])
}

/// What became of one report.
public enum ReportOutcome: Sendable, Equatable {
    /// Kept for ever. `status` is the shipment's status now; `changed` is whether this report changed it or counted
    /// another failed attempt.
    case recorded(ShipmentID, status: ShipmentStatus, changed: Bool)
    /// Known already; nothing changed.
    case duplicate(ShipmentID)
    case unknownShipment
    /// The shipment is another carrier's.
    case notThisCouriers
    case invalid(CourierReportRejection)

    /// Stable, in snake_case.
    public var name: String {
        switch self {
        case .recorded: "recorded"
        case .duplicate: "duplicate"
        case .unknownShipment: "unknown_shipment"
        case .notThisCouriers: "not_this_couriers"
        case .invalid: "invalid"
        }
    }
}
