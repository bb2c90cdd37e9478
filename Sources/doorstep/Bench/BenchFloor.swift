import Contracts
import Kernel
import Runtime
import Shipping
import ShippingService
import Synchronization
import Warehouse
import WarehouseService

/// The people and machines of a benchmark: pick, pack, hand over and scan as soon as it can be done, in batches.
final class BenchFloor: CommitObserver {
    /// Items per request at most.
    private static let batchLimit = 500

    private struct Parcel: Sendable {
        let shipmentID: ShipmentID
        let carrier: String
    }

    private struct Scan: Sendable {
        let shipmentID: ShipmentID
        let status: Shipping.ShipmentStatus
        let text: String
    }

    private struct Feeds: Sendable {
        let pick: BatchFeed<FulfillmentID>
        let pack: BatchFeed<FulfillmentID>
        let handOver: BatchFeed<FulfillmentID>
        let scans: [String: BatchFeed<Scan>]
    }

    private struct State: Sendable {
        var feeds: Feeds?
        /// By fulfillment, from booking to handover.
        var parcels: [Int64: Parcel] = [:]
        /// By shipment, from handover to delivery.
        var carriers: [Int64: String] = [:]
        var refusals: [String: Int] = [:]
    }

    private let state = Mutex(State())

    /// What the services refused, by code; a clean run has none.
    var refusals: [String: Int] { state.withLock { $0.refusals } }

    /// Begins to work. Before, commits are not looked at.
    func open(_ system: DoorstepSystem) {
        let warehouse = system.warehouse.mailbox
        func work(_ kind: WorkKind) -> BatchFeed<FulfillmentID> {
            BatchFeed(limit: Self.batchLimit) { [self] ids, answered in
                let tasks = ids.map {
                    WorkOnTask(taskID: WorkTask.id(kind, of: $0), worker: "bench", action: .complete)
                }
                warehouse.submit(
                    Submission(.workBatch(tasks)) { answer in
                        self.note(answer)
                        answered()
                    })
            }
        }
        let handOver = BatchFeed<FulfillmentID>(limit: Self.batchLimit) { [self] ids, answered in
            let handovers = ids.map { HandOver(fulfillmentID: $0, actor: "bench") }
            warehouse.submit(
                Submission(.handOverBatch(handovers)) { answer in
                    self.note(answer)
                    answered()
                })
        }
        let scans = ShippingPolicy.standard.carriers.map { carrier in
            (carrier.code, scanFeed(carrier.code, system.shipping.mailbox, system.clock))
        }
        let feeds = Feeds(
            pick: work(.pick), pack: work(.pack), handOver: handOver, scans: Dictionary(uniqueKeysWithValues: scans))
        state.withLock { $0.feeds = feeds }
    }

    private func scanFeed(
        _ carrier: String, _ mailbox: ServiceMailbox<ShippingLogic.Command, ShippingLogic.Reply>, _ clock: SystemClock
    ) -> BatchFeed<Scan> {
        BatchFeed(limit: Self.batchLimit) { [self] scans, answered in
            let now = clock.now
            let entries = scans.map { scan in
                ReportEntry.report(
                    about: .shipment(scan.shipmentID),
                    CourierReport(
                        status: scan.status, statusText: scan.text, occurredAt: now, timeText: now.rfc3339,
                        raw: #"{"status":"\#(scan.text)","timestamp":"\#(now.rfc3339)"}"#), messageID: nil)
            }
            mailbox.submit(
                Submission(.recordReports(carrier: carrier, entries: entries)) { answer in
                    self.note(answer)
                    answered()
                })
        }
    }

    func committed(_ record: CommitRecord) {
        switch record.topic {
        case .orders, nil: break
        case .warehouse: noteFloor(record)
        case .shipping: noteRoad(record)
        }
    }

    private func noteFloor(_ record: CommitRecord) {
        guard let feeds = state.withLock({ $0.feeds }) else { return }
        var toPick: [FulfillmentID] = []
        var toPack: [FulfillmentID] = []
        var toHandOver: [FulfillmentID] = []
        for envelope in record.consumed {
            switch envelope.event {
            case .orders(.fulfillmentRequested(let event)): toPick.append(event.fulfillmentID)
            case .shipping(.shipmentBooked(let event)): toHandOver.append(event.fulfillmentID)
            default: break
            }
        }
        for envelope in record.appended {
            if case .warehouse(.fulfillmentPicked(let event)) = envelope.event { toPack.append(event.fulfillmentID) }
        }
        feeds.pick.add(toPick)
        feeds.pack.add(toPack)
        feeds.handOver.add(toHandOver)
    }

    /// Each scan follows when the one before it is durable.
    private func noteRoad(_ record: CommitRecord) {
        let (feeds, scans) = state.withLock { state -> (Feeds?, [String: [Scan]]) in
            var scans: [String: [Scan]] = [:]
            func scan(_ id: ShipmentID, _ status: Shipping.ShipmentStatus, _ text: String) {
                guard let carrier = state.carriers[id.rawValue] else { return }
                scans[carrier, default: []].append(Scan(shipmentID: id, status: status, text: text))
            }
            for envelope in record.appended {
                switch envelope.event {
                case .shipping(.shipmentBooked(let event)):
                    state.parcels[event.fulfillmentID.rawValue] = Parcel(
                        shipmentID: event.shipmentID, carrier: event.carrier)
                case .shipping(.shipmentAccepted(let event)): scan(event.shipmentID, .inTransit, "IN_TRANSIT")
                case .shipping(.shipmentInTransit(let event)):
                    scan(event.shipmentID, .outForDelivery, "OUT_FOR_DELIVERY")
                case .shipping(.shipmentOutForDelivery(let event)): scan(event.shipmentID, .delivered, "DELIVERED")
                case .shipping(.shipmentDelivered(let event)): state.carriers[event.shipmentID.rawValue] = nil
                default: break
                }
            }
            for envelope in record.consumed {
                guard case .warehouse(.fulfillmentHandedOver(let event)) = envelope.event,
                    let parcel = state.parcels.removeValue(forKey: event.fulfillmentID.rawValue)
                else { continue }
                state.carriers[parcel.shipmentID.rawValue] = parcel.carrier
                scan(parcel.shipmentID, .accepted, "ACCEPTED")
            }
            return (state.feeds, scans)
        }
        for (carrier, scans) in scans { feeds?.scans[carrier]?.add(scans) }
    }

    private func note(_ answer: Answer<WarehouseReply>) {
        switch answer {
        case .accepted(.tasks(let results)): for result in results { note(result) }
        case .accepted(.handedOverEach(let results)): for result in results { note(result) }
        default: refuse("\(answer)")
        }
    }

    private func note<Success>(_ result: Result<Success, WarehouseRejection>) {
        if case .failure(let rejection) = result { refuse(rejection.code) }
    }

    private func note(_ answer: Answer<ShippingReply>) {
        guard case .accepted(.reports(let outcomes)) = answer else { return refuse("\(answer)") }
        for outcome in outcomes {
            if case .recorded = outcome { continue }
            refuse(outcome.name)
        }
    }

    private func refuse(_ code: String) { state.withLock { $0.refusals[code, default: 0] += 1 } }
}
