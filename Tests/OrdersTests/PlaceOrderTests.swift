import Kernel
import Orders
import Testing

@Suite struct PlaceOrderTests {
    private static let addressee = Addressee(
        name: "Ada", street: "Ludgate Hill 1", city: "London", postalCode: "EC4M", country: "GB",
        email: "ada@example.org")

    private func command(
        lines: [PlaceOrder.Line]? = nil, number: String? = "A-1", customer: String = "C-1", discount: Int64 = 0,
        addressee: Addressee = Self.addressee, method: String = "tok_visa"
    ) -> PlaceOrder {
        PlaceOrder(
            client: 7, number: number, customer: customer, lines: lines ?? [goods()], discount: discount,
            addressee: addressee, paymentMethod: method, trackingToken: TrackingToken(high: 1, low: 2))
    }

    private func goods(_ quantity: Int = 1, _ price: Int64 = 100, _ currency: Currency = .eur, sku: String = "MUG")
        -> PlaceOrder.Line
    {
        PlaceOrder.Line(item: .goods(sku: sku), quantity: quantity, unitPrice: Money(price, currency))
    }

    private func charge(_ price: Int64, label: String = "postage") -> PlaceOrder.Line {
        PlaceOrder.Line(item: .charge(label: label), quantity: 1, unitPrice: Money(price, .eur))
    }

    private func decide(_ command: PlaceOrder, taken: Bool = false) throws(PlaceOrderRejection) -> PlacedOrder {
        try command.decide(
            id: OrderID(rawValue: 1),
            products: { sku in SKU(sku).flatMap { sku == "NONE" ? nil : (ProductID(rawValue: 5), $0) } },
            numberIsTaken: taken, now: Instant(milliseconds: 1))
    }

    private func code(_ command: PlaceOrder, taken: Bool = false) -> String {
        do throws(PlaceOrderRejection) {
            _ = try decide(command, taken: taken)
            return "accepted"
        } catch {
            return error.code
        }
    }

    private func text(_ count: Int) -> String { String(repeating: "x", count: count) }

    private func address(_ country: String = "GB", name: String = "Ada", email: String? = nil) -> Addressee {
        Addressee(name: name, street: "S", city: "C", postalCode: "", country: country, email: email)
    }

    @Test func limits() {
        let table: [(String, PlaceOrder)] = [
            ("line_count_out_of_range", command(lines: [])),
            ("accepted", command(lines: Array(repeating: goods(), count: 1))),
            ("accepted", command(lines: Array(repeating: goods(), count: 1999))),
            ("accepted", command(lines: Array(repeating: goods(), count: 2000))),
            ("line_count_out_of_range", command(lines: Array(repeating: goods(), count: 2001))),
            ("quantity_out_of_range", command(lines: [goods(0)])),
            ("accepted", command(lines: [goods(1)])),
            ("accepted", command(lines: [goods(999_999)])),
            ("accepted", command(lines: [goods(1_000_000)])),
            ("quantity_out_of_range", command(lines: [goods(1_000_001)])),
            ("price_out_of_range", command(lines: [goods(1, -1)])),
            ("accepted", command(lines: [goods(1, 0)])),
            ("accepted", command(lines: [goods(1, 100_000_000_000)])),
            ("price_out_of_range", command(lines: [goods(1, 100_000_000_001)])),
            ("accepted", command(lines: [goods(10_000, 100_000_000_000)])),
            ("amount_too_large", command(lines: [goods(10_000, 100_000_000_000), goods()])),
            ("amount_too_large", command(lines: Array(repeating: goods(1_000_000, 100_000_000_000), count: 2000))),
            ("mixed_currencies", command(lines: [goods(), goods(1, 100, .gbp)])),
            ("discount_out_of_range", command(discount: -1)),
            ("accepted", command(discount: 100)),
            ("discount_out_of_range", command(discount: 101)),
            ("discount_out_of_range", command(lines: [goods(), charge(50)], discount: 101)),
            ("accepted", command(lines: [charge(50)], discount: 50)),
            ("invalid_label", command(lines: [charge(1, label: "")])),
            ("accepted", command(lines: [charge(1, label: text(200))])),
            ("invalid_label", command(lines: [charge(1, label: text(201))])),
            ("invalid_number", command(number: "")),
            ("accepted", command(number: text(64))),
            ("invalid_number", command(number: text(65))),
            ("accepted", command(number: nil)),
            ("invalid_customer", command(customer: "")),
            ("accepted", command(customer: text(128))),
            ("invalid_customer", command(customer: text(129))),
            ("invalid_payment_method", command(method: "")),
            ("accepted", command(method: text(200))),
            ("invalid_payment_method", command(method: text(201))),
            ("invalid_payment_method", command(method: "4111 1111")),
            ("invalid_address", command(addressee: address("gb"))),
            ("invalid_address", command(addressee: address(name: ""))),
            ("accepted", command(addressee: address(name: String(repeating: "ü", count: 200)))),
            ("invalid_address", command(addressee: address(name: String(repeating: "ü", count: 201)))),
            ("invalid_address", command(addressee: address(email: "nobody"))),
            ("invalid_address", command(addressee: address(email: "@example.org"))),
            ("accepted", command(addressee: address(email: "a@b"))),
            ("unknown_country", command(addressee: address("ZZ"))),
            ("unknown_product", command(lines: [goods(), goods(1, 1, sku: "NONE")])),
        ]
        for (expected, command) in table { #expect(code(command) == expected, "\(command.lines.count) lines") }
        #expect(code(command(), taken: true) == "duplicate_number")
    }

    @Test func aRejectionSaysWhere() {
        #expect(PlaceOrderRejection.unknownProduct(line: 2, sku: "NONE").pointer == "/lines/1/sku")
        #expect(PlaceOrderRejection.invalidAddress(member: "email").pointer == "/address/email")
    }

    @Test func whatIsPublishedAsksForGoodsAlone() throws {
        let placed = try decide(command(lines: [goods(3, 1000), charge(499), goods(1, 500)]))
        #expect(placed.created.lines.map(\.line) == [1, 3])
        #expect(placed.created.lines.map(\.quantity) == [3, 1])
        #expect(placed.order.goodsCount == 4)
        #expect(placed.order.total == Money(3999, .eur))
    }

    @Test func chargesAndDiscountsAreSpreadOverTheGoods() throws {
        let placed = try decide(command(lines: [goods(2, 1000), charge(500), goods(1, 500)], discount: 100))
        #expect(placed.lines.map(\.allocated) == [2320, 0, 580])
        #expect(try placed.lines.value(of: [UnitRange(line: 1, first: 0, count: 1)]) == 1160)
    }

    /// However an order is priced and however it is cut into parcels, no minor unit is lost or made.
    @Test func moneyIsNeverLostNorMade() throws {
        var random = SeededGenerator(seed: 42)
        for _ in 0..<300 {
            var lines: [PlaceOrder.Line] = []
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                lines.append(
                    random.chance(0.25)
                        ? charge(Int64.random(in: 0...999, using: &random))
                        : goods(Int.random(in: 1...40, using: &random), Int64.random(in: 0...2000, using: &random)))
            }
            let hasGoods = lines.contains { if case .goods = $0.item { true } else { false } }
            let carrying = lines.reduce(Int64(0)) { sum, line in
                if case .charge = line.item, hasGoods { return sum }
                return sum + line.unitPrice.amount * Int64(line.quantity)
            }
            let discount = Int64.random(in: 0...carrying, using: &random)
            let placed = try decide(command(lines: lines, discount: discount))
            #expect(placed.lines.allSatisfy { $0.allocated >= 0 })
            #expect(placed.lines.reduce(0) { $0 + $1.allocated } == placed.order.total.amount)
            for line in placed.lines {
                let cut = Int.random(in: 0...line.quantity, using: &random)
                let parts = line.value(first: 0, count: cut) + line.value(first: cut, count: line.quantity - cut)
                #expect(parts == line.allocated)
            }
        }
    }

    @Test func unitsThatAnOrderDoesNotHaveAreAFault() throws {
        let placed = try decide(command(lines: [goods(2)]))
        for units in [UnitRange(line: 2, first: 0, count: 1), UnitRange(line: 1, first: 1, count: 2)] {
            #expect(throws: Fault.self) { try placed.lines.value(of: [units]) }
        }
    }

    @Test func aTrackingTokenReadsBack() {
        let token = TrackingToken(high: 0xF, low: .max)
        #expect(token.text == "000000000000000fffffffffffffffff")
        #expect(TrackingToken(text: token.text) == token)
        #expect(TrackingToken(text: token.text.uppercased()) == nil)
        #expect(TrackingToken(text: token.text.dropLast()) == nil)
    }
}
