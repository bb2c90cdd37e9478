import Contracts
import Kernel
import Orders
import Testing

@Suite struct ReturnTests {
    private let now = Instant(milliseconds: 1_764_000_000_000)
    private let day = Duration.seconds(24 * 3600)

    /// Line 1 has four units at 2.50: two from warehouse 1, two from warehouse 2.
    private let lines: [OrderLine]

    init() throws {
        let sku = try #require(SKU("MUG"))
        lines = [
            OrderLine(
                number: 1, item: .goods(ProductID(rawValue: 7), sku), quantity: 4, unitPrice: 250, allocated: 1001)
        ]
    }

    private func order(_ statuses: [ShipmentStatus] = [.delivered, .delivered], deliveredAt: Instant? = nil) throws
        -> Order
    {
        let place = try #require(GeoPoint(latitude: 51, longitude: 9))
        var payment = Payment(due: 1001)
        try payment.authorize(1001, id: "auth")
        try payment.capture(1001)
        var order = Order(
            id: OrderID(rawValue: 1), client: 1, number: nil, customer: "C", currency: .eur,
            destination: Destination(country: "DE", place: place), paymentMethod: "tok", holdID: nil,
            trackingToken: TrackingToken(high: 1, low: 1), goodsCount: 4, placedAt: now, payment: payment)
        order.state = .completed
        for (index, status) in statuses.enumerated() {
            let id = Int64(index) + 1
            let units = [UnitRange(line: 1, first: index * 2, count: 2)]
            var fulfillment = OrderFulfillment(
                id: FulfillmentID(rawValue: id), warehouseID: WarehouseID(rawValue: id), parentID: nil, units: units,
                value: try lines.value(of: units), status: .handedOver, updatedAt: now)
            fulfillment.captured = fulfillment.value
            fulfillment.shipment = OrderFulfillment.Shipment(
                id: ShipmentID(rawValue: id), carrier: "swift", trackingNumber: "T", status: status)
            if status == .delivered {
                fulfillment.told = [.handedOver, .outcome, .delivered]
                fulfillment.deliveredAt = deliveredAt ?? now
            }
            order.fulfillments.append(fulfillment)
        }
        return order
    }

    private func request(
        _ order: inout Order, _ quantities: [Int?] = [1], line: Int = 1, reason: String = "no", id: Int64 = 50
    ) -> String {
        let command = RequestReturn(
            orderID: order.id, lines: quantities.map { RequestReturn.Line(line: line, quantity: $0) }, reason: reason)
        do throws(RequestReturnRejection) {
            let events = try order.requestReturn(
                command, id: ReturnID(rawValue: id), lines: lines, policy: ReturnPolicy(), now: now)
            return events.count == 2 ? "approved" : "requested"
        } catch {
            return error.code
        }
    }

    @Test func onlyWhatWasDeliveredAndIsInNoReturnCanBeReturned() throws {
        let table: [(statuses: [ShipmentStatus], quantity: Int?, answer: String)] = [
            ([.delivered, .delivered], 0, "units_not_returnable"),
            ([.delivered, .delivered], 1, "approved"),
            ([.delivered, .delivered], 4, "approved"),
            ([.delivered, .delivered], nil, "approved"),
            ([.delivered, .delivered], 5, "units_not_returnable"),
            ([.delivered, .inTransit], 2, "approved"),
            ([.delivered, .inTransit], 3, "units_not_returnable"),
            ([.inTransit, .lost], 1, "not_delivered"),
            ([.returned], 1, "not_delivered"),
            ([], nil, "not_delivered"),
        ]
        for row in table {
            var order = try order(row.statuses)
            #expect(request(&order, [row.quantity]) == row.answer, "\(row)")
            #expect(order.returns.count == (row.answer == "approved" ? 1 : 0))
        }
        var order = try order()
        #expect(request(&order, [1], line: 2) == "units_not_returnable")
        #expect(request(&order, [1, 1]) == "repeated_line")
        #expect(request(&order, []) == "no_lines")
        #expect(request(&order, [1], reason: "") == "invalid_reason")
        #expect(request(&order, [3]) == "approved")
        #expect(order.allowedActions.contains(.requestReturn))
        #expect(request(&order, [2]) == "units_not_returnable")
        #expect(request(&order, [1], id: 51) == "approved")
        #expect(order.returns.map(\.units.unitCount) == [3, 1])
        #expect(!order.allowedActions.contains(.requestReturn))
    }

    @Test func aDeliveryThatTheProcessHasNotTakenYetCannotBeReturned() throws {
        var order = try order()
        for index in order.fulfillments.indices { order.fulfillments[index].told.remove(.delivered) }
        #expect(request(&order) == "not_delivered")
    }

    @Test func anOrderHasABoundedNumberOfReturns() throws {
        var order = try order()
        for number in 0..<RequestReturn.returnsMax {
            var declined = OrderReturn(
                id: ReturnID(rawValue: Int64(number) + 100), units: [UnitRange(line: 1, first: 0, count: 1)],
                reason: "no", requestedAt: now)
            declined.status = .declined
            order.returns.append(declined)
        }
        #expect(request(&order) == "too_many_returns")
        order.returns.removeLast()
        #expect(request(&order) == "approved")
    }

    @Test func afterThirtyDaysSomebodyDecides() throws {
        for (age, answer) in [
            (day * 30 - .milliseconds(1), "approved"), (day * 30, "approved"),
            (day * 30 + .milliseconds(1), "requested"),
        ] {
            var order = try order(deliveredAt: now - age)
            #expect(request(&order) == answer, "\(age)")
        }
    }

    @Test func itIsDecidedOnceAndDecliningFreesTheUnits() throws {
        var order = try order(deliveredAt: now - day * 31)
        #expect(request(&order, [4]) == "requested")
        #expect(order.returnStatus == .requested)
        #expect(order.returns[0].allowedActions == ["approve", "decline"])
        #expect(throws: ReturnRejection.invalidReason) {
            try order.decideReturn(0, .decline(reason: ""), lines: lines, now: now)
        }
        let declined = try order.decideReturn(0, .decline(reason: "worn"), lines: lines, now: now)
        #expect(
            declined == [
                .returnDeclined(
                    ReturnDeclined(orderID: order.id, returnID: order.returns[0].id, reason: "worn"))
            ])
        #expect(order.returnStatus == .declined)
        #expect(throws: ReturnRejection.alreadyDecided(.declined)) {
            try order.decideReturn(0, .approve, lines: lines, now: now)
        }
        #expect(request(&order, [4], id: 51) == "requested")
    }

    @Test func theWarehouseThatShippedMostOfTheUnitsExpectsThem() throws {
        func warehouse(_ taken: Int, _ wanted: Int) throws -> Int64? {
            var order = try order()
            if taken > 0 { #expect(request(&order, [taken]) == "approved") }
            #expect(request(&order, [wanted], id: 51) == "approved")
            return order.returns.last?.warehouseID?.rawValue
        }
        #expect(try warehouse(0, 1) == 1)
        #expect(try warehouse(0, 3) == 1)
        #expect(try warehouse(0, 4) == 1)
        #expect(try warehouse(1, 3) == 2)
        #expect(try warehouse(2, 1) == 2)
    }

    private func found(_ first: Int, _ count: Int, _ disposition: ReturnDisposition, _ settlement: ReturnSettlement)
        -> InspectedUnits
    {
        InspectedUnits(
            units: UnitRange(line: 1, first: first, count: count), disposition: disposition, settlement: settlement)
    }

    /// The four units are worth 251, 250, 250 and 250.
    @Test func onlyTheValueOfReceivedUnitsForRefundIsOwed() throws {
        let table: [([InspectedUnits], Int64)] = [
            ([found(0, 4, .restock, .refund)], 1001),
            ([found(0, 1, .scrap, .refund), found(1, 3, .missing, .none)], 251),
            ([found(0, 2, .qualityControl, .refund), found(2, 2, .restock, .none)], 501),
            ([found(0, 4, .missing, .none)], 0),
            // What did not come is not paid, whatever is said.
            ([found(0, 4, .missing, .refund)], 0),
            ([found(0, 4, .wrongItem, .refund)], 0),
        ]
        for (inspected, owed) in table {
            var order = try order()
            #expect(request(&order, [4]) == "approved")
            #expect(try order.noteInspected(0, inspected, lines: lines, now: now) == owed, "\(inspected)")
            // Told twice, nothing more is owed.
            #expect(try order.noteInspected(0, inspected, lines: lines, now: now) == nil)
            let shares = try order.refundShares(0, lines: lines)
            let events = try order.closeReturn(0, refunded: owed, shares: shares, now: now)
            #expect(events.count == (owed > 0 ? 2 : 1))
            #expect(order.payment.refunded == owed)
            #expect(order.fulfillments.map(\.refunded).reduce(0, +) == owed)
            #expect(order.returns[0].status == .closed)
        }
    }

    @Test func aReportAboutOtherUnitsIsAFault() throws {
        var order = try order()
        #expect(request(&order, [2]) == "approved")
        for inspected in [
            [found(0, 1, .restock, .refund)], [found(0, 3, .restock, .refund)],
            [found(0, 2, .restock, .refund), found(1, 1, .restock, .refund)], [],
        ] {
            #expect(throws: Fault.self) { try order.noteInspected(0, inspected, lines: lines, now: now) }
        }
    }

    @Test func neverMoreThanWasCapturedIsRefunded() throws {
        var order = try order()
        #expect(request(&order, [4]) == "approved")
        try order.payment.refund(1)
        #expect(throws: Fault.self) {
            try order.noteInspected(0, [found(0, 4, .restock, .refund)], lines: lines, now: now)
        }
        #expect(order.returns[0].status == .approved)
    }
}
