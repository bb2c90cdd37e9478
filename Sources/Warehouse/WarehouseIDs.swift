import Kernel

/// Where Warehouse's identifiers and parcel numbers come from.
public struct WarehouseIDs: Sendable {
    private var sites: IDGenerator
    private var fulfillments: IDGenerator
    private var holds: IDGenerator
    private var packages: IDGenerator
    /// How many parcels were numbered so far.
    public private(set) var parcels: Int64

    /// - Parameters: the greatest identifier of each kind that is stored, 0 when there is none; and how many parcels
    ///   were numbered so far.
    public init(site: Int64, fulfillment: Int64, hold: Int64, package: Int64, parcels: Int64) {
        sites = IDGenerator(after: site)
        fulfillments = IDGenerator(after: fulfillment)
        holds = IDGenerator(after: hold)
        packages = IDGenerator(after: package)
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
        parcels += 1
        return (packages.next(now: now), SSCC(extensionDigit: 0, companyPrefix: prefix, serial: parcels))
    }
}
