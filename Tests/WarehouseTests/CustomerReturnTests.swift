import Contracts
import Kernel
import Testing
import Warehouse

@Suite struct CustomerReturnTests {
    private typealias Finding = ReceiveCustomerReturn.Finding

    /// Order 1 has three of product 1 and two of product 2, delivered; all but one are to come back to Berlin.
    private func floor() throws -> Floor {
        let floor = try Floor()
        try floor.receive([1: 3, 2: 2])
        floor.reserve(1, [(1, 3), (2, 2)])
        try floor.bring(1, to: .handedOver)
        expect(9, [(1, 0, 3), (2, 1, 1)], floor)
        return floor
    }

    private func expect(_ number: Int, _ units: [(line: Int, first: Int, count: Int)], _ floor: Floor) {
        let isKnown = floor.state.expectReturn(
            ReturnApproved(
                orderID: floor.id(1), returnID: floor.id(number), warehouseID: floor.sites[0],
                lines: units.map {
                    LineDemand(line: $0.line, productID: floor.id($0.line), first: $0.first, quantity: $0.count)
                }), now: floor.now)
        #expect(isKnown)
    }

    private func finding(
        _ line: Int, _ quantity: Int, _ disposition: ReturnDisposition, _ settlement: ReturnSettlement = .refund
    ) -> Finding {
        Finding(line: line, quantity: quantity, disposition: disposition, settlement: settlement)
    }

    private func receive(_ findings: [Finding]?, _ floor: Floor, _ number: Int = 9) -> String {
        do throws(WarehouseRejection) {
            let received = try floor.state.receive(
                ReceiveCustomerReturn(returnID: floor.id(number), findings: findings, worker: "Mo"), now: floor.now)
            #expect(received.isReceived)
            return "received"
        } catch {
            return error.code
        }
    }

    @Test func unitsGoWhereTheirDispositionSays() throws {
        let floor = try floor()
        #expect(
            receive(
                [
                    finding(1, 1, .restock), finding(1, 1, .qualityControl, .none), finding(1, 1, .scrap),
                    finding(2, 1, .missing, .none),
                ], floor) == "received")
        let events = floor.take()
        #expect(floor.stock(1).onHand == 2)
        #expect(floor.stock(1).qualityControl == 1)
        #expect(floor.stock(1).available == 1)
        #expect(floor.stock(2).onHand == 0)
        #expect(floor.state.stock.all.allSatisfy { $0.isSound })
        guard case .returnReceived(let received) = events.first else {
            Issue.record("\(events)")
            return
        }
        #expect(received.units.map(\.disposition) == [.restock, .qualityControl, .scrap, .missing])
        #expect(received.units.map(\.units.count) == [1, 1, 1, 1])
        let kinds = floor.ledger.filter { $0.document == .reference(floor.id(9, ReturnKind.self).text) }.map(\.kind)
        #expect(kinds == [.returnReceive, .restock, .returnReceive, .returnReceive, .scrap])
    }

    @Test func withoutFindingsEverythingCameAndIsGood() throws {
        let floor = try floor()
        #expect(receive(nil, floor) == "received")
        #expect(floor.stock(1).available == 3)
        #expect(floor.stock(2).available == 1)
    }

    @Test func receivedTwiceChangesNothing() throws {
        let floor = try floor()
        let all = [finding(1, 3, .restock), finding(2, 1, .scrap)]
        #expect(receive(all, floor) == "received")
        floor.take()
        let before = floor.state.stock.all
        #expect(receive(all, floor) == "received")
        // In another order, and in pieces.
        #expect(
            receive([finding(2, 1, .scrap), finding(1, 1, .restock), finding(1, 2, .restock)], floor) == "received")
        #expect(receive(nil, floor) == "received")
        #expect(receive([finding(1, 3, .scrap), finding(2, 1, .scrap)], floor) == "return_already_received")
        #expect(floor.take() == [])
        #expect(floor.state.stock.all == before)
    }

    @Test func whatIsNotExpectedIsRefused() throws {
        let floor = try floor()
        let table: [([Finding], String)] = [
            ([finding(1, 4, .restock), finding(2, 1, .restock)], "unexpected_units"),
            ([finding(1, 3, .restock), finding(2, 2, .missing, .none)], "unexpected_units"),
            ([finding(1, 3, .restock), finding(2, 1, .restock), finding(3, 1, .restock)], "unexpected_units"),
            ([finding(1, 3, .restock)], "units_unaccounted"),
            ([finding(1, 2, .restock), finding(2, 1, .restock)], "units_unaccounted"),
            ([finding(1, 0, .restock)], "invalid_quantity"),
            ([finding(1, 3, .restock), finding(2, 1, .missing, .refund)], "not_refundable"),
            ([finding(1, 3, .restock), finding(2, 1, .wrongItem, .refund)], "not_refundable"),
        ]
        for (findings, code) in table {
            #expect(receive(findings, floor) == code, "\(findings)")
            #expect(floor.take() == [])
            #expect(floor.stock(1).onHand == 0)
        }
        #expect(receive(nil, floor, 8) == "unknown_return")
        #expect(receive(nil, floor) == "received")
    }

    @Test func anApprovalToldTwiceIsExpectedOnce() throws {
        let floor = try floor()
        #expect(receive(nil, floor) == "received")
        floor.take()
        expect(9, [(1, 0, 3), (2, 1, 1)], floor)
        #expect(floor.take() == [])
        #expect(floor.state.returns.count == 1)
        #expect(receive(nil, floor) == "received")
        #expect(floor.stock(1).onHand == 3)
        let isKnown = floor.state.expectReturn(
            ReturnApproved(orderID: floor.id(1), returnID: floor.id(10), warehouseID: floor.id(999), lines: []),
            now: floor.now)
        #expect(!isKnown)
    }

    private func comeBack(_ floor: Floor) throws {
        let fulfillment = try #require(floor.fulfillments(1).first)
        _ = floor.state.announceReturn(fulfillment.id, now: floor.now)
        _ = try floor.state.work(
            WorkOnTask(taskID: WorkTask.id(.receive, of: fulfillment.id), worker: "Mo", action: .complete),
            now: floor.now)
    }

    /// The carrier corrected itself: the parcel that counted as delivered comes back as a whole.
    @Test func aUnitComesBackOnceByTheCustomerOrByTheCarrier() throws {
        let byCustomerFirst = try floor()
        #expect(receive(nil, byCustomerFirst) == "received")
        byCustomerFirst.take()
        let fulfillment = try #require(byCustomerFirst.fulfillments(1).first)
        try comeBack(byCustomerFirst)
        #expect(
            byCustomerFirst.take() == [
                .returnRestocked(
                    ReturnRestocked(
                        orderID: byCustomerFirst.id(1), fulfillmentID: fulfillment.id,
                        units: [UnitRange(line: 2, first: 0, count: 1)]))
            ])
        #expect(byCustomerFirst.stock(1).onHand == 3)
        #expect(byCustomerFirst.stock(2).onHand == 2)

        let byCarrierFirst = try floor()
        try comeBack(byCarrierFirst)
        byCarrierFirst.take()
        #expect(
            receive([finding(1, 3, .restock), finding(2, 1, .restock)], byCarrierFirst) == "unexpected_units")
        #expect(receive(nil, byCarrierFirst) == "received")
        #expect(byCarrierFirst.stock(1).onHand == 3)
        #expect(byCarrierFirst.stock(2).onHand == 2)
        guard case .returnReceived(let received) = byCarrierFirst.take().last else {
            Issue.record("nothing was said")
            return
        }
        #expect(received.units.allSatisfy { $0.disposition == .missing && $0.settlement == .none })
    }
}
