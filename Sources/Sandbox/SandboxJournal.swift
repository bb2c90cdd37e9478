import Foundation
import Kernel

/// What changed the books, one JSON document a line, so that a sandbox that is started again knows its references.
///
/// Lines are written without waiting for the disk: they outlive the process, not the machine.
final class SandboxJournal {
    enum Entry: Sendable {
        case booked(courier: String, CourierBooks.Booking, at: Instant)
        case voided(courier: String, reference: String)
        case paid(PaymentBooks.Request)
    }

    private let file: FileHandle

    /// Opens the journal and hands every entry to `replay`, in order.
    /// - Throws: `journal_unreadable` when the file cannot be opened or a line but the last is none of ours. The last
    ///   line may be cut off by a crash: it is taken out.
    init(path: String, replay: (Entry) -> Void) throws(Fault) {
        do {
            if !FileManager.default.fileExists(atPath: path) { try Data().write(to: URL(fileURLWithPath: path)) }
            file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
            let content = try file.readToEnd() ?? Data()
            let whole = content.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
            for line in content.prefix(whole).split(separator: UInt8(ascii: "\n")) {
                replay(try Entry(JSONValue(parsing: Array(line))))
            }
            try file.truncate(atOffset: UInt64(whole))
            try file.seek(toOffset: UInt64(whole))
        } catch {
            throw Fault("journal_unreadable", retryable: false, "\(path): \(error)")
        }
    }

    func append(_ entry: Entry) throws(Fault) {
        var writer = JSONWriter(reserving: 256)
        writer.object { entry.write(&$0) }
        do {
            try file.write(contentsOf: writer.bytes + [UInt8(ascii: "\n")])
        } catch {
            throw Fault("journal_unwritable", retryable: true, "\(error)")
        }
    }
}

extension SandboxJournal.Entry {
    fileprivate func write(_ json: inout JSONWriter) {
        switch self {
        case .booked(let courier, let booking, let at):
            json.member("booked", courier)
            json.member("reference", booking.reference)
            json.member("shipment_id", booking.shipmentID)
            json.member("country", booking.country)
            json.member("place", booking.place)
            json.member("weight_grams", booking.weightGrams)
            json.member("currency", booking.currency.code)
            json.member("at", at)
        case .voided(let courier, let reference):
            json.member("voided", courier)
            json.member("reference", reference)
        case .paid(let request):
            json.member("paid", request.kind.rawValue)
            json.member("reference", request.reference)
            if let amount = request.amount { json.member("amount", amount) }
            json.member("on", request.on)
        }
    }

    fileprivate init(_ json: JSONValue) throws(Fault) {
        let reference = try json.requireString("reference")
        if let courier = json["booked"]?.string {
            guard let currency = Currency(try json.requireString("currency")) else {
                throw Fault("malformed_document", retryable: false, "no currency")
            }
            self = .booked(
                courier: courier,
                CourierBooks.Booking(
                    reference: reference, shipmentID: try json.requireString("shipment_id"),
                    country: try json.requireString("country"), place: try json.requirePoint("place"),
                    weightGrams: try json.requireInteger("weight_grams"), currency: currency),
                at: try json.requireInstant("at"))
        } else if let courier = json["voided"]?.string {
            self = .voided(courier: courier, reference: reference)
        } else if let kind = json["paid"]?.string.flatMap(PaymentBooks.Kind.init) {
            self = .paid(
                PaymentBooks.Request(
                    kind: kind, reference: reference,
                    amount: json["amount"] == nil ? nil : try json.requireMoney("amount"),
                    on: try json.requireString("on")))
        } else {
            throw Fault("malformed_document", retryable: false, "no entry of a sandbox's journal")
        }
    }
}
