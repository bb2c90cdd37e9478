import Contracts
import Kernel

/// From which warehouses an order's units come: the fewest parcels, then the nearest to the destination, then where
/// most is in stock, then the oldest warehouse.
///
/// Demand is summed per product before anything is checked, and the answer is all or nothing. Ten warehouses with
/// something to offer are compared in every combination; of more, the ones that cover most are taken one by one.
struct Sourcing {
    /// What a warehouse gives.
    struct Share: Equatable {
        let warehouseID: WarehouseID
        let lines: [LineDemand]
    }

    enum Outcome: Equatable {
        case sourced([Share])
        case short([LineShortage])
    }

    private struct Candidate {
        let warehouseID: WarehouseID
        let distance: Double
        /// Per product, as indexed by `productOfLine`.
        var available: [Int]
    }

    private static let exactMax = 10

    private let lines: [LineDemand]
    private var productOfLine: [Int] = []
    private var products: [ProductID] = []
    private var needs: [Int] = []
    private var candidates: [Candidate] = []

    /// - Parameters:
    ///   - sites: the warehouses that may be chosen, with a number that grows with their distance.
    ///   - available: what can be promised to whoever asks.
    init(
        _ lines: [LineDemand], from sites: [(id: WarehouseID, distance: Double)],
        available: (ProductID, WarehouseID) -> Int
    ) {
        self.lines = lines
        sumDemand()
        for site in sites {
            let offer = products.map { available($0, site.id) }
            if offer.contains(where: { $0 > 0 }) {
                candidates.append(Candidate(warehouseID: site.id, distance: site.distance, available: offer))
            }
        }
    }

    private mutating func sumDemand() {
        productOfLine.reserveCapacity(lines.count)
        var indexes: [ProductID: Int] = [:]
        for line in lines {
            let known = lines.count > 8 ? indexes[line.productID] : products.firstIndex(of: line.productID)
            if let known {
                needs[known] += line.quantity
                productOfLine.append(known)
            } else {
                if lines.count > 8 { indexes[line.productID] = products.count }
                productOfLine.append(products.count)
                products.append(line.productID)
                needs.append(line.quantity)
            }
        }
    }

    func decide() -> Outcome {
        let totals = products.indices.map { product in candidates.reduce(0) { $0 + $1.available[product] } }
        guard zip(totals, needs).allSatisfy({ $0 >= $1 }) else { return .short(shortages(totals)) }
        let chosen = candidates.count <= Self.exactMax ? bestCombination() : greedyCombination()
        return .sourced(share(among: chosen.sorted(by: isPreferred)))
    }

    /// Lines get what there is in their order; each that gets less than it wants is listed with the rest.
    private func shortages(_ totals: [Int]) -> [LineShortage] {
        var rest = totals
        var shortages: [LineShortage] = []
        for (line, product) in zip(lines, productOfLine) {
            if rest[product] < line.quantity {
                shortages.append(
                    LineShortage(
                        line: line.line, productID: line.productID, requested: line.quantity,
                        available: max(0, rest[product])))
            }
            rest[product] = max(0, rest[product] - line.quantity)
        }
        return shortages
    }

    private func isPreferred(_ left: Int, _ right: Int) -> Bool {
        let (a, b) = (candidates[left], candidates[right])
        if a.distance != b.distance { return a.distance < b.distance }
        let (more, less) = (a.available.reduce(0, +), b.available.reduce(0, +))
        return more != less ? more > less : a.warehouseID < b.warehouseID
    }

    private func bestCombination() -> [Int] {
        for size in stride(from: 1, through: candidates.count, by: 1) {
            var best: (mask: Int, distance: Double, stock: Int)?
            for mask in 1..<(1 << candidates.count) where mask.nonzeroBitCount == size {
                guard covers(mask) else { continue }
                let members = Self.members(of: mask)
                let distance = members.reduce(0) { $0 + candidates[$1].distance }
                let stock = members.reduce(0) { $0 + candidates[$1].available.reduce(0, +) }
                guard let champion = best else {
                    best = (mask, distance, stock)
                    continue
                }
                if distance < champion.distance || (distance == champion.distance && stock > champion.stock) {
                    best = (mask, distance, stock)
                }
            }
            if let best { return Self.members(of: best.mask) }
        }
        preconditionFailure("no combination of \(candidates.count) warehouses covers what all of them have")
    }

    private static func members(of mask: Int) -> [Int] {
        (0..<exactMax).filter { mask & 1 << $0 != 0 }
    }

    private func covers(_ mask: Int) -> Bool {
        for product in needs.indices {
            var sum = 0
            for index in candidates.indices where mask & 1 << index != 0 { sum += candidates[index].available[product] }
            if sum < needs[product] { return false }
        }
        return true
    }

    private func greedyCombination() -> [Int] {
        var missing = needs
        var chosen: [Int] = []
        while missing.contains(where: { $0 > 0 }) {
            func covered(_ index: Int) -> Int {
                zip(candidates[index].available, missing).reduce(0) { $0 + min($1.0, max(0, $1.1)) }
            }
            let free = candidates.indices.filter { !chosen.contains($0) }
            let next = free.max { left, right in
                let (a, b) = (covered(left), covered(right))
                return a != b ? a < b : isPreferred(right, left)
            }
            guard let next, covered(next) > 0 else {
                preconditionFailure("\(missing) cannot be covered although all together have enough")
            }
            chosen.append(next)
            for product in missing.indices { missing[product] -= candidates[next].available[product] }
        }
        return chosen
    }

    /// Hands out the lines: each whole from the most preferred warehouse that has all of it, else in parts.
    private func share(among chosen: [Int]) -> [Share] {
        var rest = chosen.map { candidates[$0].available }
        var shares: [[LineDemand]] = Array(repeating: [], count: chosen.count)
        for (line, product) in zip(lines, productOfLine) {
            if let whole = chosen.indices.first(where: { rest[$0][product] >= line.quantity }) {
                shares[whole].append(line)
                rest[whole][product] -= line.quantity
                continue
            }
            var first = line.first
            var missing = line.quantity
            for index in chosen.indices where missing > 0 && rest[index][product] > 0 {
                let part = min(missing, rest[index][product])
                shares[index].append(
                    LineDemand(line: line.line, productID: line.productID, first: first, quantity: part))
                rest[index][product] -= part
                first += part
                missing -= part
            }
        }
        return zip(chosen, shares).compactMap { index, lines in
            lines.isEmpty ? nil : Share(warehouseID: candidates[index].warehouseID, lines: lines)
        }
    }
}

extension WarehouseState {
    /// The warehouses with a number that grows with their distance; all equal without a destination.
    mutating func sites(
        near place: GeoPoint?, except excluded: WarehouseID? = nil
    ) -> [(id: WarehouseID, distance: Double)] {
        let known = place.flatMap { distances[$0] } ?? sites.map { site in place.map(site.place.squaredChord) ?? 0 }
        if let place { distances[place] = known }
        return zip(sites, known).filter { $0.0.id != excluded }.map { (id: $0.0.id, distance: $0.1) }
    }
}
