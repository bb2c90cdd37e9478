import Catalog
import Contracts
import Foundation
import Kernel
import Orders
import OrdersService
import Ports
import Runtime
import TestServers
import Testing

@Suite(.onEveryStore) struct OrdersServiceTests {
    private typealias Bench = OrdersBench

    @Test func aFinishedProcessIsRemovedAndTheAuditStillHolds() throws {
        let bench = try OrdersBench(options: OrdersOptions(finishedProcessesKept: .seconds(60)))
        let units = [UnitRange(line: 1, first: 0, count: 2)]
        let order = try bench.place([OrdersBench.goods("MUG", 2, 1000)])
        let running = try bench.place([OrdersBench.goods("TEA", 1, 1000)])
        let id = try bench.reserve(order, [units])[0]
        try bench.pay(.authorizePayment)
        try bench.ship(order, id)
        #expect(try bench.deliver(order, id) == ["OrderCompleted"])
        let stored = "SELECT count(*) FROM process_instances"
        bench.clock.advance(.seconds(59))
        try bench.run()
        #expect(try bench.reader.integer(stored) == 2)
        bench.clock.advance(.seconds(1))
        try bench.run()
        #expect(try bench.reader.integer(stored) == 1)
        #expect(try bench.processes.instance(of: running, bench.reader) != nil)
        #expect(try OrdersAudit(bench.processes).audit(bench.reader).allSatisfy(\.holds))
        // The carrier corrects itself much later: the order notes it, the process has nothing to say any more.
        try bench.restart()
        #expect(try bench.comeBack(order, id) == [])
        #expect(try bench.reader.integer("SELECT count(*) FROM dead_letters") == 0)
    }

    /// One batch with an answer for a real order and one for an order that nobody placed: it is rolled back, and each is
    /// tried alone.
    @Test func whatARolledBackBatchDecidedIsForgotten() throws {
        let bench = try OrdersBench()
        let order = try bench.place([OrdersBench.goods("MUG", 2, 1000)])
        bench.log.add(
            .warehouse(
                .stockReserved(
                    StockReserved(
                        orderID: order, request: 1,
                        fulfillments: [
                            FulfillmentPlan(
                                fulfillmentID: FulfillmentID(rawValue: 900), warehouseID: WarehouseID(rawValue: 1),
                                lines: [LineDemand(line: 1, productID: ProductID(rawValue: 1), quantity: 2)])
                        ]))))
        bench.log.add(
            .warehouse(
                .fulfillmentPicked(
                    FulfillmentPicked(orderID: OrderID(rawValue: 5), fulfillmentID: FulfillmentID(rawValue: 901)))))
        try bench.run()
        #expect(try bench.view(order).order.fulfillments.map(\.id) == [FulfillmentID(rawValue: 900)])
        #expect(try bench.pay(.authorizePayment) == ["PaymentAuthorized", "OrderConfirmed", "FulfillmentRequested"])
        #expect(try bench.reader.integer("SELECT count(*) FROM dead_letters") == 1)
    }

    @Test func anOrderNumberIsUsedOnce() throws {
        let bench = try OrdersBench()
        let first = Bench.order([Bench.goods("MUG", 1, 100)], number: "A-1")
        #expect(try bench.rejection(.placeOrder(first)) == nil)
        #expect(try bench.rejection(.placeOrder(first)) == "duplicate_number")
        try bench.restart()
        #expect(try bench.rejection(.placeOrder(first)) == "duplicate_number")
        #expect(try OrdersQueries.order(client: 1, number: "A-1", bench.reader)?.lines.count == 1)
        #expect(try OrdersQueries.order(client: 2, number: "A-1", bench.reader) == nil)
    }

    @Test func twoWithTheSameNumberInOneBatchAreOne() throws {
        let bench = try OrdersBench()
        let order = Bench.order([Bench.goods("MUG", 1, 100)], number: "A-1")
        for _ in 0..<2 { bench.worker.mailbox.submit(Submission(.placeOrder(order)) { _ in }) }
        #expect(try bench.worker.step() == 2)
        #expect(try bench.run() == ["OrderCreated"])
    }

    @Test func theTrackingTokenShowsTheOrder() throws {
        let bench = try OrdersBench()
        let placed = try bench.place([Bench.goods("MUG", 1, 100)])
        #expect(try OrdersQueries.order(tracking: TrackingToken(high: 1, low: 2), bench.reader)?.order.id == placed)
        #expect(try OrdersQueries.order(tracking: TrackingToken(high: 1, low: 3), bench.reader) == nil)
    }

    @Test func listsGoBackByPagesAndByState() throws {
        let bench = try OrdersBench()
        let all = try (0..<7).map { _ in try bench.place([Bench.goods("MUG", 1, 100)]) }
        var seen: [OrderID] = []
        var last: OrderID?
        repeat {
            let page = try OrdersQueries.orders(after: last, limit: 3, bench.reader)
            seen += page.map(\.order.id)
            last = page.count == 3 ? page.last?.order.id : nil
        } while last != nil
        #expect(seen == all.reversed())
        _ = try bench.reserve(all[2], [[UnitRange(line: 1, first: 0, count: 1)]])
        try bench.pay(.authorizePayment)
        let working = try OrdersQueries.orders(state: .fulfilling, limit: 10, bench.reader)
        #expect(working.map(\.order.id) == [all[2]])
        #expect(working[0].order.fulfillments.count == 1)
        #expect(try OrdersQueries.counts(bench.reader) == [.placed: 6, .fulfilling: 1])
        let tokens = try bench.processes.tokenCounts(bench.reader)
        #expect(tokens.tokens["reserve-stock"] == 6)
        #expect(tokens.tokens["pick-and-pack"] == 1)
        #expect(tokens.instances == 7 && !tokens.isPartial)
        #expect(try bench.processes.tokenCounts(limit: 3, bench.reader).isPartial)
    }

    @Test func theTimelineIsTheOrdersOwnEvents() throws {
        let bench = try OrdersBench()
        let order = try bench.place([Bench.goods("MUG", 1, 100)])
        _ = try bench.reserve(order, [[UnitRange(line: 1, first: 0, count: 1)]])
        try bench.pay(.authorizePayment)
        #expect(
            try OrdersQueries.timeline(of: order, bench.reader).map(\.event.type)
                == ["OrderCreated", "PaymentAuthorized", "OrderConfirmed", "FulfillmentRequested"])
    }

    @Test func productsAreCreatedChangedAndListed() throws {
        let bench = try OrdersBench(skus: ["A", "B", "C"])
        #expect(
            try bench.rejection(.createProduct(CreateProduct(sku: "A", name: "again", weightGrams: 1)))
                == "duplicate_sku")
        let first = try #require(try OrdersQueries.products(limit: 1, bench.reader).first)
        #expect(first.sku.text == "A")
        let rest = try OrdersQueries.products(after: first.id, limit: 10, bench.reader)
        #expect(rest.map(\.sku.text) == ["B", "C"])
        let change = UpdateProduct(productID: first.id, expectedVersion: 1, name: "new")
        #expect(try bench.rejection(.updateProduct(change)) == nil)
        #expect(try bench.rejection(.updateProduct(change)) == "version_mismatch")
        #expect(try OrdersQueries.product(first.id, bench.reader)?.name == "new")
        let unknown = UpdateProduct(productID: ProductID(rawValue: 1), expectedVersion: nil, name: "x")
        #expect(try bench.rejection(.updateProduct(unknown)) == "product_not_found")
        #expect(bench.count("ProductRegistered") == 4)
    }

    @Test func aBatchOfProductsAnswersEachOnItsOwn() throws {
        let bench = try OrdersBench(skus: ["A"])
        let answer = try bench.answer(
            .createProducts([
                CreateProduct(sku: "B", name: "b", weightGrams: 1), CreateProduct(sku: "A", name: "a", weightGrams: 1),
                CreateProduct(sku: "B", name: "b", weightGrams: 1),
            ]))
        guard case .accepted(.products(let products)) = answer else {
            Issue.record("\(answer)")
            return
        }
        #expect(
            products.map { result in
                if case .failure(let rejection) = result { rejection.code } else { "created" }
            } == ["created", "duplicate_sku", "duplicate_sku"])
    }

    @Test func anErasedRecipientIsForgottenAndGetsNoMail() async throws {
        let bench = try OrdersBench()
        let order = try bench.place([Bench.goods("MUG", 1, 100)])
        let pool = ReadPool(bench.database, name: "test", threads: 1)
        let directory = DatabaseRecipientDirectory(pool)
        #expect(try await directory.recipient(of: order)?.name == "Ada Lovelace")
        #expect(try bench.rejection(.eraseRecipient(order)) == nil)
        #expect(try await directory.recipient(of: order) == nil)
        _ = try bench.reserve(order, [[UnitRange(line: 1, first: 0, count: 1)]])
        try bench.pay(.authorizePayment)
        #expect(bench.effects.take(.sendMail).isEmpty)
        #expect(try bench.rejection(.eraseRecipient(OrderID(rawValue: 1))) == "order_not_found")
        pool.stop(threads: 1)
    }

    @Test func eachStatusIsToldOnce() throws {
        let bench = try OrdersBench()
        let (order, id) = try shipped(bench)
        let mails = bench.effects.take(.sendMail).map(template)
        #expect(mails == ["order.confirmed"])
        let moving = ShippingEvent.shipmentInTransit(
            ShipmentInTransit(
                orderID: order, fulfillmentID: id, shipmentID: ShipmentID(rawValue: id.rawValue),
                occurredAt: bench.clock.now))
        for attempt in 1...4 {
            _ = try bench.say(moving)
            _ = try bench.say(
                .deliveryAttemptFailed(
                    DeliveryAttemptFailed(
                        orderID: order, fulfillmentID: id, shipmentID: ShipmentID(rawValue: id.rawValue),
                        attempt: attempt, reason: "nobody home", occurredAt: bench.clock.now)))
        }
        _ = try bench.deliver(order, id)
        #expect(
            bench.effects.take(.sendMail).map(template) == [
                "shipment.in_transit", "shipment.attempt_failed", "shipment.attempt_failed", "shipment.attempt_failed",
                "shipment.delivered",
            ])
        #expect(
            try OrdersQueries.notifications(of: order, bench.reader).map(\.status.name).sorted() == [
                "order.completed", "order.confirmed", "shipment.attempt_failed", "shipment.attempt_failed",
                "shipment.attempt_failed", "shipment.delivered", "shipment.in_transit",
            ])
    }

    @Test func webhooksAreSentLoggedReplayedAndStoppedWhenGone() throws {
        let bench = try OrdersBench()
        let register = RegisterWebhookEndpoint(
            client: 1, url: "https://shop.example/hooks", secrets: ["whsec_1"], types: ["order.confirmed"])
        guard case .accepted(.endpoint(let endpoint)) = try bench.answer(.registerWebhookEndpoint(register)) else {
            Issue.record("not registered")
            return
        }
        let (order, _) = try shipped(bench)
        let sent = bench.effects.take(.deliverWebhook)
        #expect(sent.count == 1)
        guard case .deliverWebhook(_, let message, let type, let body) = sent[0].request else { return }
        #expect(type == "order.confirmed")
        #expect(body.contains(order.text) && !body.contains("Ada"))
        bench.worker.mailbox.deliver(sent[0], .refused(code: "endpoint_gone", detail: "410"))
        try bench.run()
        let logged = try OrdersQueries.deliveries(to: endpoint.id, limit: 10, bench.reader)
        #expect(logged.map(\.status) == [.failed])
        #expect(try OrdersQueries.endpoint(endpoint.id, bench.reader)?.isActive == false)
        #expect(try bench.rejection(.replayWebhook(ReplayWebhook(delivery: logged[0].id))) == "endpoint_disabled")
        let enable = UpdateWebhookEndpoint(
            id: endpoint.id, expectedVersion: 2, url: nil, types: nil, isActive: true)
        _ = try bench.answer(.updateWebhookEndpoint(enable))
        _ = try bench.answer(.replayWebhook(ReplayWebhook(delivery: logged[0].id)))
        let again = try #require(bench.effects.take(.deliverWebhook).first)
        guard case .deliverWebhook(_, message, _, _) = again.request else {
            Issue.record("another message")
            return
        }
        bench.worker.mailbox.deliver(again, .done(.acknowledged))
        try bench.run()
        #expect(
            try OrdersQueries.deliveries(to: endpoint.id, limit: 10, bench.reader).map(\.status)
                == [.delivered, .failed])
        _ = try bench.answer(.disableWebhookEndpoint(endpoint.id))
        _ = try shipped(bench)
        #expect(bench.effects.take(.deliverWebhook).isEmpty)
        #expect(try bench.rejection(.replayWebhook(ReplayWebhook(delivery: 1))) == "delivery_not_found")
    }

    @Test func endpointsAreChecked() throws {
        let bench = try OrdersBench()
        func code(_ url: String, _ secrets: [String], _ types: [String] = []) throws -> String? {
            try bench.rejection(
                .registerWebhookEndpoint(
                    RegisterWebhookEndpoint(client: 1, url: url, secrets: secrets, types: types)))
        }
        #expect(try code("ftp://a.example", ["s"]) == "invalid_url")
        #expect(try code("https://a.example/ b", ["s"]) == "invalid_url")
        #expect(try code("https://a.example", []) == "invalid_secret")
        #expect(try code("https://a.example", ["s", "t", "u", "v"]) == "invalid_secret")
        #expect(try code("https://a.example", ["s"], ["order.exploded"]) == "invalid_types")
        #expect(try code("https://a.example", ["s", "t", "u"], ["shipment.lost"]) == nil)
    }

    @Test func anUnknownOrderIsAFault() throws {
        let bench = try OrdersBench()
        _ = try bench.say(.stockReleased(StockReleased(orderID: OrderID(rawValue: 99))))
        #expect(try bench.offenders().count == 1)
    }

    /// A changed file is a new version: orders on the old one finish on it.
    @Test func versionsLiveSideBySide() throws {
        let bench = try OrdersBench()
        let order = try bench.place([Bench.goods("MUG", 1, 100)])
        let xml = String(decoding: try Data(contentsOf: Bench.processFile), as: UTF8.self)
        let changed = Array(xml.replacing("Release stock", with: "Let the stock go").utf8)
        bench.worker.close()
        let next = try Worker(
            try OrdersLogic(process: changed), database: bench.database, log: bench.log, recent: RecentEvents(),
            effects: bench.effects, observers: [bench.published], clock: bench.clock,
            options: WorkerOptions(owner: "next", formerOwnerIsGone: true))
        next.mailbox.submit(
            Submission(.placeOrder(Bench.order([Bench.goods("MUG", 1, 100)]))) { _ in })
        while try next.step() > 0 {}
        let unit = LineDemand(line: 1, productID: ProductID(rawValue: 1), quantity: 1)
        let plan = FulfillmentPlan(
            fulfillmentID: FulfillmentID(rawValue: 1), warehouseID: WarehouseID(rawValue: 1), lines: [unit])
        bench.log.add(
            .warehouse(.stockReserved(StockReserved(orderID: order, request: 1, fulfillments: [plan]))))
        while try next.step() > 0 {}
        #expect(try bench.processes.instance(of: order, bench.reader)?.jobs.map(\.type) == ["authorize-payment"])
        let versions = try bench.reader.integer("SELECT count(DISTINCT version) FROM process_instances")
        #expect(versions == 2)
        #expect(try bench.reader.integer("SELECT count(*) FROM process_definitions") == 2)
    }

    private func shipped(_ bench: OrdersBench) throws -> (OrderID, FulfillmentID) {
        let order = try bench.place([Bench.goods("MUG", 1, 1000)])
        let id = try bench.reserve(order, [[UnitRange(line: 1, first: 0, count: 1)]])[0]
        try bench.pay(.authorizePayment)
        try bench.ship(order, id)
        return (order, id)
    }

    private func template(_ effect: Effect) -> String {
        if case .sendMail(_, let template, _) = effect.request { template } else { "?" }
    }
}
