import Contracts
import Kernel
import Ports
import Runtime
import Shipping

/// The rows that a batch names, in memory: loaded before the first decision, saved after the last.
struct ShippingWorkingSet {
    var shipments: [Shipment] = []
    private var changes: [Change] = []
    private var places: [ShipmentID: Int] = [:]
    private var byFulfillment: [FulfillmentID: Int] = [:]
    private var byOrder: [OrderID: [Int]] = [:]
    private var byLabel: [LabelName: [Int]] = [:]
    /// By place; `nil` while not loaded.
    private var reports: [Int: [ReportTable.Stored]] = [:]
    private var newReports: [ReportTable.New] = []
    private var stopped: Set<FulfillmentID> = []
    private var newlyStopped: [(FulfillmentID, OrderID)] = []

    /// What there is to save of a shipment.
    private struct Change {
        var isNew = false
        var isBookingChanged = false
        var isTrackingChanged = false
    }

    /// Which ways of finding a shipment this batch needs at all.
    private let needs: Needs

    struct Needs {
        var fulfillments = false
        var orders = false
        var labels = false
    }

    init(_ names: ShippingNames) {
        needs = Needs(
            fulfillments: !names.fulfillments.isEmpty, orders: !names.orders.isEmpty, labels: !names.labels.isEmpty)
        shipments.reserveCapacity(names.count)
        changes.reserveCapacity(names.count)
        places.reserveCapacity(names.count)
    }

    // MARK: Finding

    func place(_ id: ShipmentID) -> Int? { places[id] }
    func place(_ id: FulfillmentID) -> Int? { byFulfillment[id] }
    func places(of order: OrderID) -> [Int] { byOrder[order] ?? [] }

    /// The label with that number that a report of `occurredAt` can mean: the youngest that existed on that day.
    ///
    /// A day is allowed for clocks and time zones. A report older than every label means the oldest one.
    func place(_ label: LabelName, at occurredAt: Instant) -> Int? {
        guard let candidates = byLabel[label] else { return nil }
        let day = occurredAt.day + 1
        return candidates.last { (shipments[$0].labelDate ?? .max) <= day } ?? candidates.first
    }

    func isStopped(_ id: FulfillmentID) -> Bool { stopped.contains(id) }

    // MARK: Changing

    mutating func add(_ shipment: Shipment) -> Int {
        let place = index(shipment)
        changes[place].isNew = true
        // A new shipment has no reports: nothing to load.
        reports[place] = []
        return place
    }

    /// Changes a shipment in place and remembers to save it.
    mutating func change<Result, Failure: Error>(
        _ place: Int, _ body: (inout Shipment) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let hadLabel = shipments[place].trackingNumber != nil
        let result = try body(&shipments[place])
        changes[place].isBookingChanged = true
        if !hadLabel { indexLabel(place) }
        return result
    }

    /// Folds a shipment's reports anew and remembers to save what they say.
    mutating func recordReports(_ events: [TrackingEvent], at place: Int, _ policy: ShippingPolicy) -> [ShipmentAction]
    {
        changes[place].isTrackingChanged = true
        return shipments[place].recordReports(events, policy)
    }

    mutating func stop(_ id: FulfillmentID, of order: OrderID) {
        guard stopped.insert(id).inserted else { return }
        newlyStopped.append((id, order))
    }

    /// Adds a report unless it is known.
    /// - Returns: all reports of the shipment, or `nil` for a report that is known.
    mutating func addReport(
        _ report: CourierReport, messageID: String?, carrier: String, at place: Int,
        _ database: any DatabaseConnection
    ) throws(Fault) -> [TrackingEvent]? {
        if reports[place] == nil { try loadReports([place], database) }
        let shipmentID = shipments[place].id
        let event = report.event(carrier: carrier, shipmentID: shipmentID)
        let known = reports[place] ?? []
        for stored in known
        where stored.event.id == event.id || (messageID != nil && stored.messageID == messageID) { return nil }
        newReports.append(
            ReportTable.New(shipmentID: shipmentID, event: event, report: report, messageID: messageID))
        reports[place]?.append(ReportTable.Stored(event: event, messageID: messageID))
        return known.map(\.event) + [event]
    }

    // MARK: Loading and saving

    mutating func load(
        _ names: ShippingNames, _ inMemory: ShipmentsInMemory, _ database: any DatabaseConnection
    ) throws(Fault) {
        var unknown: (shipments: [Int64], fulfillments: [Int64]) = ([], [])
        for id in names.shipments where places[id] == nil {
            if let entry = inMemory.find(id) { add(entry) } else { unknown.shipments.append(id.rawValue) }
        }
        for id in names.fulfillments where byFulfillment[id] == nil {
            guard let entry = inMemory.find(id) else {
                unknown.fulfillments.append(id.rawValue)
                continue
            }
            if places[entry.shipment.id] == nil { add(entry) }
        }
        var found: [Shipment] = []
        try ShipmentTable.load(where: .id, unknown.shipments, database) { found.append($0) }
        try ShipmentTable.load(where: .fulfillment, unknown.fulfillments, database) { found.append($0) }
        try ShipmentTable.load(where: .order, names.orders.map(\.rawValue), database) { found.append($0) }
        try ShipmentTable.load(labels: names.labels, database) { found.append($0) }
        for shipment in found where places[shipment.id] == nil { _ = index(shipment) }
        try database.queryEach(
            "SELECT fulfillment_id FROM stopped_fulfillments WHERE fulfillment_id = $1",
            names.requested.map { [.id($0)] }
        ) { stopped.insert($0.id(0)) }
        let reported = Set(
            names.reported.compactMap { places[$0] } + names.labels.flatMap { byLabel[$0] ?? [] })
        try loadReports(reported.filter { reports[$0] == nil }.sorted(), database)
    }

    private mutating func add(_ entry: ShipmentsInMemory.Entry) {
        let place = index(entry.shipment)
        reports[place] = entry.reports
    }

    /// Leaves the next batch what this one is about to make durable.
    func remember(in memory: ShipmentsInMemory) {
        for place in shipments.indices { memory.keep(shipments[place], reports: reports[place]) }
    }

    private mutating func loadReports(_ wanted: [Int], _ database: any DatabaseConnection) throws(Fault) {
        for place in wanted { reports[place] = [] }
        try ReportTable.load(wanted.map { shipments[$0].id }, database) { id, stored in
            if let place = places[id] { reports[place, default: []].append(stored) }
        }
    }

    private mutating func index(_ shipment: Shipment) -> Int {
        let place = shipments.count
        shipments.append(shipment)
        changes.append(Change())
        places[shipment.id] = place
        if needs.fulfillments { byFulfillment[shipment.fulfillmentID] = place }
        if needs.orders { byOrder[shipment.orderID, default: []].append(place) }
        indexLabel(place)
        return place
    }

    /// Keeps the labels of a number in the order of their days.
    private mutating func indexLabel(_ place: Int) {
        guard needs.labels, let number = shipments[place].trackingNumber else { return }
        let name = LabelName(carrier: shipments[place].carrier, trackingNumber: number)
        var labels = byLabel.removeValue(forKey: name) ?? []
        let day = shipments[place].labelDate ?? 0
        let spot = labels.firstIndex { (shipments[$0].labelDate ?? 0) > day } ?? labels.endIndex
        labels.insert(place, at: spot)
        byLabel[name] = labels
    }

    func save(_ database: any DatabaseConnection, now: Instant) throws(Fault) {
        var inserted: [Shipment] = []
        var rebooked: [Shipment] = []
        var tracked: [Shipment] = []
        for place in shipments.indices {
            let change = changes[place]
            if change.isNew { inserted.append(shipments[place]) }
            if change.isBookingChanged, !change.isNew { rebooked.append(shipments[place]) }
            if change.isTrackingChanged { tracked.append(shipments[place]) }
        }
        try ShipmentTable.insert(inserted, database)
        try ShipmentTable.updateBooking(rebooked, database)
        try ShipmentTable.updateTracking(tracked, database)
        try ReportTable.insert(newReports, database, now: now)
        try database.executeLater(
            """
            INSERT INTO stopped_fulfillments (fulfillment_id, order_id, stopped_at) VALUES ($1, $2, $3)
            ON CONFLICT (fulfillment_id) DO NOTHING
            """, newlyStopped.map { [.id($0.0), .id($0.1), .instant(now)] })
    }
}

/// What the inputs of a batch name, each once per mention.
struct ShippingNames {
    var shipments: [ShipmentID] = []
    var fulfillments: [FulfillmentID] = []
    var orders: [OrderID] = []
    var labels: [LabelName] = []
    /// Fulfillment orders that somebody asks to ship.
    var requested: [FulfillmentID] = []
    /// Shipments that reports name by id.
    var reported: [ShipmentID] = []

    /// At most so many shipments are named, save those of orders.
    var count: Int { shipments.count + fulfillments.count + labels.count }

    init(_ inputs: [Input<ShippingCommand>]) {
        for input in inputs {
            switch input {
            case .event(let envelope): add(envelope.event)
            case .outcome(let effect, _), .withdrawn(let effect):
                shipments.append(ShipmentID(rawValue: effect.key.subject))
            case .timer(let key): shipments.append(ShipmentID(rawValue: key.subject))
            case .command(.recordReports(let carrier, let entries), _):
                for case .report(let subject, _, _) in entries { add(subject, carrier) }
            }
        }
    }

    private mutating func add(_ event: Event) {
        switch event {
        case .orders(.shipmentRequested(let request)):
            fulfillments.append(request.fulfillmentID)
            requested.append(request.fulfillmentID)
        case .orders(.shipmentCancellationRequested(let request)): fulfillments.append(request.fulfillmentID)
        case .orders(.orderCancelled(let fact)): orders.append(fact.orderID)
        case .warehouse(.fulfillmentHandedOver(let fact)): fulfillments.append(fact.fulfillmentID)
        case .warehouse(.fulfillmentCancelled(let fact)): fulfillments.append(fact.fulfillmentID)
        default: break
        }
    }

    private mutating func add(_ subject: ReportSubject, _ carrier: String) {
        switch subject {
        case .shipment(let id):
            shipments.append(id)
            reported.append(id)
        case .trackingNumber(let number): labels.append(LabelName(carrier: carrier, trackingNumber: number))
        }
    }
}
