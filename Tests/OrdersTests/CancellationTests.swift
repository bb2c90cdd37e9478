import Contracts
import Kernel
import Orders
import Testing

@Suite struct CancellationTests {
    private let now = Instant(milliseconds: 5)

    private func order(
        _ state: OrderState = .fulfilling, goods: Int = 4, _ statuses: [OrderFulfillment.Status] = [],
        _ cancellation: Cancellation = Cancellation()
    ) throws -> Order {
        let place = try #require(GeoPoint(latitude: 51, longitude: 9))
        var order = Order(
            id: OrderID(rawValue: 1), client: 1, number: nil, customer: "C", currency: .eur,
            destination: Destination(country: "DE", place: place), paymentMethod: "tok", holdID: nil,
            trackingToken: TrackingToken(high: 1, low: 1), goodsCount: goods, placedAt: now, payment: Payment(due: 400))
        order.state = state
        order.cancellation = cancellation
        for (index, status) in statuses.enumerated() {
            order.fulfillments.append(
                OrderFulfillment(
                    id: FulfillmentID(rawValue: Int64(index) + 1), warehouseID: WarehouseID(rawValue: 1), parentID: nil,
                    units: [UnitRange(line: 1, first: index * 2, count: 2)], value: 200, status: status,
                    updatedAt: now))
        }
        return order
    }

    private func cancelling(_ order: Order, reason: String = "no") -> String {
        var order = order
        do throws(CancelOrderRejection) {
            let events = try order.cancel(CancelOrder(orderID: order.id, reason: reason), now: now)
            return events.isEmpty ? "stopped" : "asked"
        } catch {
            return error.code
        }
    }

    @Test func theWholeOrder() throws {
        let pending = Cancellation(status: .pending, reason: "x")
        let some = Cancellation(status: .pending, reason: "x", units: [UnitRange(line: 1, first: 0, count: 1)])
        let table: [(Order, String)] = [
            (try order(.placed), "asked"),
            (try order(.confirmed, [.planned]), "asked"),
            (try order(.fulfilling, [.packed, .picked]), "asked"),
            (try order(.fulfilling, [.packed, .handedOver]), "already_handed_over"),
            (try order(.completed, [.handedOver]), "already_handed_over"),
            (try order(.cancelled), "already_cancelled"),
            (try order(.rejected), "order_closed"),
            (try order(.fulfilling, [.planned], pending), "cancellation_pending"),
            (try order(.fulfilling, [.planned], some), "asked"),
            (try order(.fulfilling, [.planned], Cancellation(status: .refused)), "asked"),
            (try order(.fulfilling, [.planned], Cancellation(status: .accepted)), "cancellation_pending"),
            (try order(.placed, goods: 0), "stopped"),
            (try order(.confirmed, goods: 0), "already_charged"),
            (try order(.completed, goods: 0), "order_closed"),
        ]
        for (order, expected) in table {
            #expect(cancelling(order) == expected, "\(order.state.name) \(order.cancellation)")
            #expect(order.allowedActions.contains(.cancel) == ["asked", "stopped"].contains(expected))
        }
        #expect(cancelling(try order(.placed), reason: "") == "invalid_reason")
        #expect(cancelling(try order(.placed), reason: String(repeating: "x", count: 200)) == "asked")
        #expect(cancelling(try order(.placed), reason: String(repeating: "x", count: 201)) == "invalid_reason")
    }

    private func cancelling(_ order: Order, _ lines: [CancelUnits.Line]) -> (String, [UnitRange]) {
        var order = order
        do throws(CancelUnitsRejection) {
            _ = try order.cancelUnits(CancelUnits(orderID: order.id, lines: lines, reason: "no"), now: now)
            return ("asked", order.cancellation.units)
        } catch {
            return (error.code, [])
        }
    }

    @Test func singleUnitsFromTheEndOfWhatNobodyPicked() throws {
        let planned = try order(.fulfilling, [.planned, .inProgress])
        func last(_ quantity: Int?) -> (String, [UnitRange]) {
            cancelling(planned, [CancelUnits.Line(line: 1, quantity: quantity)])
        }
        #expect(last(0).0 == "units_not_cancellable")
        #expect(last(1) == ("asked", [UnitRange(line: 1, first: 3, count: 1)]))
        #expect(last(3) == ("asked", [UnitRange(line: 1, first: 1, count: 3)]))
        #expect(last(4) == ("asked", [UnitRange(line: 1, first: 0, count: 4)]))
        #expect(last(nil).1.unitCount == 4)
        #expect(last(5).0 == "units_not_cancellable")
        let picked = try order(.fulfilling, [.inProgress, .picked])
        let one = [CancelUnits.Line(line: 1, quantity: 1)]
        #expect(cancelling(picked, one) == ("asked", [UnitRange(line: 1, first: 1, count: 1)]))
        #expect(cancelling(picked, [CancelUnits.Line(line: 2)]).0 == "units_not_cancellable")
        #expect(cancelling(picked, one + one).0 == "repeated_line")
        #expect(cancelling(picked, []).0 == "no_lines")
        #expect(cancelling(try order(.placed), one).0 == "not_reserved_yet")
        #expect(cancelling(try order(.completed, [.handedOver]), one).0 == "order_closed")
        #expect(
            cancelling(try order(.fulfilling, [.planned], Cancellation(status: .pending)), one).0
                == "cancellation_pending")
    }

    @Test func theWarehouseStoppingAllAnswersThePendingWish() throws {
        var order = try order(.fulfilling, [.planned, .packed], Cancellation(status: .pending, reason: "mine"))
        order.noteStopped(reason: "theirs", now: now)
        #expect(order.cancellation == Cancellation(status: .accepted, reason: "mine"))
        #expect(order.fulfillments.allSatisfy { $0.status == .cancelled && $0.units.isEmpty && $0.value == 0 })
        #expect(order.cancelledUnits == [UnitRange(line: 1, first: 0, count: 4)])
        let events = order.endCancelled(now: now)
        #expect(events == [.orderCancelled(OrderCancelled(orderID: order.id, reason: "mine"))])
    }
}
