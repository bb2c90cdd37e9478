import Contracts
import Kernel

/// The picked units are in closed parcels.
extension WarehouseState {
    /// As few parcels as the weight allows, weighed by the products' facts, each with an SSCC-18 of its own.
    mutating func completePack(_ fulfillment: Fulfillment, by worker: String, now: Instant) {
        var packed = fulfillment
        let grams = packed.lines.reduce(0) { $0 + $1.quantity * (products[$1.productID]?.weightGrams ?? 0) }
        let count = max(1, min(policy.parcelsMax, (grams + policy.parcelGramsMax - 1) / policy.parcelGramsMax))
        var packages: [PackedPackage] = []
        packages.reserveCapacity(count)
        for number in 1...count {
            let (id, sscc) = ids.nextPackage(prefix: policy.companyPrefix, now: now)
            let weight = grams * number / count - grams * (number - 1) / count
            packages.append(PackedPackage(packageID: id, sscc: sscc.digits, weightGrams: weight))
            tracked.packages.append(
                FulfillmentPackage(
                    id: id, fulfillmentID: packed.id, number: number, sscc: sscc, weightGrams: weight))
        }
        packed.move(to: .packed, at: now)
        save(packed)
        finish(.pack, packed, .done, by: worker, now: now)
        publish(
            .fulfillmentPacked(
                FulfillmentPacked(orderID: packed.orderID, fulfillmentID: packed.id, packages: packages)))
    }
}
