import Dispatch
import Foundation
import Kernel
import Ports
import Runtime
import Shipping
import ShippingService
import Synchronization

/// The couriers of an import: reports every parcel in transit and delivered as soon as it was handed over, in batches,
/// through the same command as real couriers.
final class JourneyPlayer: Sendable {
    private let isStopping = Atomic(false)
    private let unrecordedReports = Atomic(0)
    private let hasStopped = Signal()
    private let ledger: ImportLedger

    /// Reports that Shipping did not record.
    var unrecorded: Int { unrecordedReports.load(ordering: .acquiring) }

    init(
        _ ledger: ImportLedger, mailbox: ServiceMailbox<ShippingLogic.Command, ShippingLogic.Reply>,
        clock: any WallClock
    ) {
        self.ledger = ledger
        let thread = Thread { [self] in
            while !isStopping.load(ordering: .acquiring) {
                play(ledger.takeParcels(), mailbox, clock)
                ledger.parcelsWait.wait(atMost: .milliseconds(200))
            }
            hasStopped.raise()
        }
        thread.name = "couriers"
        thread.start()
    }

    func stop() {
        isStopping.store(true, ordering: .releasing)
        ledger.parcelsWait.raise()
        hasStopped.wait(atMost: .seconds(2))
    }

    private func play(
        _ parcels: [ImportLedger.Parcel], _ mailbox: ServiceMailbox<ShippingLogic.Command, ShippingLogic.Reply>,
        _ clock: any WallClock
    ) {
        let pieceSize = ShippingCommand.maximumReports / 2
        for (carrier, parcels) in Dictionary(grouping: parcels, by: \.carrier).sorted(by: { $0.key < $1.key }) {
            for start in stride(from: 0, to: parcels.count, by: pieceSize) {
                let piece = parcels[start..<min(start + pieceSize, parcels.count)]
                report(carrier, piece.flatMap { Self.journey(of: $0, now: clock.now) }, mailbox)
            }
        }
    }

    private func report(
        _ carrier: String, _ entries: [ReportEntry],
        _ mailbox: ServiceMailbox<ShippingLogic.Command, ShippingLogic.Reply>
    ) {
        let group = DispatchGroup()
        group.enter()
        mailbox.submit(
            Submission(.recordReports(carrier: carrier, entries: entries)) { [self] answer in
                unrecordedReports.wrappingAdd(entries.count - Self.recorded(answer), ordering: .acquiringAndReleasing)
                group.leave()
            })
        group.wait()
    }

    private static func recorded(_ answer: Answer<ShippingReply>) -> Int {
        guard case .accepted(.reports(let outcomes)) = answer else { return 0 }
        return outcomes.reduce(0) { count, outcome in
            if case .recorded = outcome { count + 1 } else { count }
        }
    }

    private static func journey(of parcel: ImportLedger.Parcel, now: Instant) -> [ReportEntry] {
        [
            (ShipmentStatus.inTransit, "IN_TRANSIT", now - .milliseconds(1)), (.delivered, "DELIVERED", now),
        ].map { status, text, time in
            .report(
                about: .shipment(parcel.shipmentID),
                CourierReport(status: status, statusText: text, occurredAt: time, timeText: time.rfc3339),
                messageID: nil)
        }
    }
}
