import Contracts
import Kernel

/// Somebody orders. Stock and payment are decided later: an accepted order is only *placed*.
public struct PlaceOrder: Sendable, Equatable {
    public struct Line: Sendable, Equatable {
        public enum Item: Sendable, Equatable {
            case goods(sku: String)
            case charge(label: String)
        }

        public let item: Item
        /// 1–1,000,000.
        public let quantity: Int
        /// 0–10¹¹ minor units, in the order's one currency.
        public let unitPrice: Money

        public init(item: Item, quantity: Int, unitPrice: Money) {
            self.item = item
            self.quantity = quantity
            self.unitPrice = unitPrice
        }
    }

    /// The API key under which it is placed.
    public let client: Int64
    /// The shop's own order number, 1–64 printable ASCII characters; unique per client.
    public let number: String?
    /// Who the customer is to the shop, 1–128 characters; no name, no address.
    public let customer: String
    /// 1–2,000.
    public let lines: [Line]
    /// Minor units off the goods, or off the charges where there are only those; 0 or more.
    public let discount: Int64
    public let addressee: Addressee
    /// Where the address lies, as coarsely as a tariff needs it; the middle of the country when nothing better is
    /// known (``CountryPlaces``).
    public let place: GeoPoint?
    /// The payment provider's token for a method, 1–200 printable ASCII characters. Never a card number.
    public let paymentMethod: String
    /// Stock held for the cart before.
    public let holdID: HoldID?
    public let trackingToken: TrackingToken

    public init(
        client: Int64, number: String? = nil, customer: String, lines: [Line], discount: Int64 = 0,
        addressee: Addressee, place: GeoPoint? = nil, paymentMethod: String, holdID: HoldID? = nil,
        trackingToken: TrackingToken
    ) {
        self.client = client
        self.number = number
        self.customer = customer
        self.lines = lines
        self.discount = discount
        self.addressee = addressee
        self.place = place
        self.paymentMethod = paymentMethod
        self.holdID = holdID
        self.trackingToken = trackingToken
    }

    public static let lineCount = 1...2000
    public static let quantity = 1...1_000_000
    public static let unitPrice: ClosedRange<Int64> = 0...100_000_000_000

    /// Decides; checks come in the order lines, currency, number, customer, address, payment method, products, money,
    /// uniqueness.
    ///
    /// - Parameters:
    ///   - products: finds a product by its SKU.
    ///   - numberIsTaken: whether the client used this order number before.
    /// - Throws: every case of ``PlaceOrderRejection``.
    /// - Complexity: O(n log n) in lines.
    public func decide(
        id: OrderID, products: (String) -> (ProductID, SKU)?, numberIsTaken: Bool, now: Instant
    ) throws(PlaceOrderRejection) -> PlacedOrder {
        let currency = try checkLines()
        try checkTexts()
        guard let place = place ?? CountryPlaces.middle(of: addressee.country) else {
            throw .unknownCountry(addressee.country)
        }
        let items = try resolve(products)
        let priced = zip(items, lines).map {
            (isGoods: Self.isGoods($0), gross: $1.unitPrice.amount * Int64($1.quantity))
        }
        let (allocated, total) = try OrderPricing.allocate(priced, discount: discount)
        guard !numberIsTaken else { throw .duplicateNumber(number ?? "") }
        var orderLines: [OrderLine] = []
        orderLines.reserveCapacity(lines.count)
        for (index, line) in lines.enumerated() {
            orderLines.append(
                OrderLine(
                    number: index + 1, item: items[index], quantity: line.quantity, unitPrice: line.unitPrice.amount,
                    allocated: allocated[index]))
        }
        let destination = Destination(country: addressee.country, place: place)
        var order = Order(
            id: id, client: client, number: number, customer: customer, currency: currency, destination: destination,
            paymentMethod: paymentMethod, holdID: holdID, trackingToken: trackingToken,
            goodsCount: orderLines.reduce(0) { $1.isGoods ? $0 + $1.quantity : $0 }, placedAt: now,
            payment: Payment(due: total))
        order.hasEmail = addressee.email != nil
        return PlacedOrder(order: order, lines: orderLines, addressee: addressee)
    }

    private func checkLines() throws(PlaceOrderRejection) -> Currency {
        guard Self.lineCount.contains(lines.count) else { throw .lineCountOutOfRange(lines.count) }
        let currency = lines[0].unitPrice.currency
        for (index, line) in lines.enumerated() {
            guard Self.quantity.contains(line.quantity) else {
                throw .quantityOutOfRange(line: index + 1, line.quantity)
            }
            guard Self.unitPrice.contains(line.unitPrice.amount) else {
                throw .priceOutOfRange(line: index + 1, line.unitPrice.amount)
            }
            if case .charge(let label) = line.item, !Addressee.isText(label, 1...200) {
                throw .invalidLabel(line: index + 1)
            }
            guard line.unitPrice.currency == currency else { throw .mixedCurrencies(line: index + 1) }
        }
        return currency
    }

    private func checkTexts() throws(PlaceOrderRejection) {
        if let number, SKU(number) == nil { throw .invalidNumber }
        guard Addressee.isText(customer, 1...128) else { throw .invalidCustomer }
        if let flaw = addressee.flaw { throw .invalidAddress(member: flaw) }
        guard (1...200).contains(paymentMethod.utf8.count), paymentMethod.utf8.allSatisfy({ (33...126).contains($0) })
        else { throw .invalidPaymentMethod }
    }

    private func resolve(
        _ products: (String) -> (ProductID, SKU)?
    ) throws(PlaceOrderRejection) -> [OrderLine.Item] {
        var items: [OrderLine.Item] = []
        items.reserveCapacity(lines.count)
        for (index, line) in lines.enumerated() {
            switch line.item {
            case .goods(let sku):
                guard let (id, sku) = products(sku) else { throw .unknownProduct(line: index + 1, sku: sku) }
                items.append(.goods(id, sku))
            case .charge(let label): items.append(.charge(label: label))
            }
        }
        return items
    }

    private static func isGoods(_ item: OrderLine.Item) -> Bool {
        if case .goods = item { true } else { false }
    }
}

/// An order that was accepted, with what is stored apart from it.
public struct PlacedOrder: Sendable, Equatable {
    public let order: Order
    public let lines: [OrderLine]
    public let addressee: Addressee

    /// What Warehouse and Shipping listen to.
    public var created: OrderCreated {
        OrderCreated(
            orderID: order.id,
            lines: lines.compactMap { line in
                guard case .goods(let productID, _) = line.item else { return nil }
                return LineDemand(line: line.number, productID: productID, quantity: line.quantity)
            }, destination: order.destination, holdID: order.holdID)
    }
}
