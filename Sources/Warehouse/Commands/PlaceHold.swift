import Contracts
import Kernel

/// Keep stock for a cart, all lines or none, for a limited time.
public struct PlaceHold: Sendable, Equatable {
    public struct Line: Sendable, Equatable {
        public let productID: ProductID
        public let quantity: Int

        public init(productID: ProductID, quantity: Int) {
            self.productID = productID
            self.quantity = quantity
        }
    }

    /// The shop's name for the cart.
    public let cart: String
    public let lines: [Line]
    public let duration: Duration
    /// Where the cart would go, when that is known.
    public let place: GeoPoint?

    public init(cart: String, lines: [Line], duration: Duration, place: GeoPoint? = nil) {
        self.cart = cart
        self.lines = lines
        self.duration = duration
        self.place = place
    }
}

extension WarehouseState {
    /// - Throws: `invalidHoldDuration`, `invalidQuantity` (also for no line at all), `insufficientStock` with each line
    ///   that is short.
    public mutating func placeHold(_ command: PlaceHold, now: Instant) throws(WarehouseRejection) -> Hold {
        guard command.duration > .zero, command.duration <= policy.holdDurationMax else { throw .invalidHoldDuration }
        guard !command.lines.isEmpty else { throw .invalidQuantity(0) }
        for line in command.lines { try checkQuantity(line.quantity) }
        let demands = command.lines.enumerated().map {
            LineDemand(line: $0 + 1, productID: $1.productID, quantity: $1.quantity)
        }
        let sourcing = Sourcing(demands, from: sites(near: command.place?.coarse)) { product, warehouse in
            stock[StockKey(product, warehouse)].available
        }
        switch sourcing.decide() {
        case .short(let shortages):
            throw .insufficientStock(
                shortages.map {
                    StockShortage(productID: $0.productID, requested: $0.requested, available: $0.available)
                })
        case .sourced(let shares): return keep(shares, command, now: now)
        }
    }

    private mutating func keep(_ shares: [Sourcing.Share], _ command: PlaceHold, now: Instant) -> Hold {
        let id = ids.nextHold(now: now)
        var lines: [HoldLine] = []
        for share in shares {
            for line in share.lines {
                let key = StockKey(line.productID, share.warehouseID)
                let entry = stock.record(.hold, key, line.quantity, for: .hold(id), by: nil, at: now)
                lines.append(HoldLine(key: key, quantity: line.quantity, entry: entry))
            }
        }
        let hold = Hold(
            id: id, cart: command.cart, createdAt: now, expiresAt: now + command.duration, status: .held, orderID: nil,
            lines: lines)
        holds[id] = hold
        tracked.newHolds.insert(id)
        return hold
    }

    func checkQuantity(_ quantity: Int) throws(WarehouseRejection) {
        guard (1...WarehousePolicy.quantityMax).contains(quantity) else { throw .invalidQuantity(quantity) }
    }
}
