import Kernel

/// Where Warehouse's identifiers and parcel numbers come from.
public struct WarehouseIDs: Sendable {
    private var sites: IDGenerator
    private var fulfillments: IDGenerator
    private var holds: IDGenerator
    private var packages: IDGenerator
    private let partition: Partition
    /// How many parcels this partition numbered so far.
    public private(set) var parcels: Int64

    /// - Parameters: the greatest identifier of each kind that is stored, 0 when there is none; how many parcels the
    ///   partition numbered so far; and the partition.
    public init(
        site: Int64, fulfillment: Int64, hold: Int64, package: Int64, parcels: Int64, in partition: Partition = .whole
    ) {
        sites = IDGenerator(after: site, in: partition)
        fulfillments = IDGenerator(after: fulfillment, in: partition)
        holds = IDGenerator(after: hold, in: partition)
        packages = IDGenerator(after: package, in: partition)
        self.partition = partition
        self.parcels = parcels
    }

    mutating func nextSite(now: Instant) -> WarehouseID { sites.next(now: now) }
    mutating func nextHold(now: Instant) -> HoldID { holds.next(now: now) }

    /// The last two bits are zero: they number the fulfillment order's work tasks.
    mutating func nextFulfillment(now: Instant) -> FulfillmentID {
        while true {
            let id: FulfillmentID = fulfillments.next(now: now)
            if id.rawValue & 3 == 0 { return id }
        }
    }

    mutating func nextPackage(prefix: String, now: Instant) -> (PackageID, SSCC) {
        // Partitions take turns in the company's serial numbers, so that none waits for another.
        let serial = parcels * Int64(partition.count) + Int64(partition.number) + 1
        parcels += 1
        return (packages.next(now: now), SSCC(extensionDigit: 0, companyPrefix: prefix, serial: serial))
    }
}
