import Contracts
import Kernel
import Testing

@testable import HTTPAPI
@testable import Runtime

@Suite struct WatchingTests {
    let order = OrderID(rawValue: 42)

    private func envelope(_ event: Event) -> Envelope {
        Envelope(partition: 0, position: 1, recordedAt: Instant(milliseconds: 0), event: event)
    }

    private func commit(appended: [Event] = [], consumed: [Event] = [], topic: Topic = .orders) -> CommitRecord {
        CommitRecord(
            service: topic.rawValue, topic: topic, appended: appended.map(envelope), consumed: consumed.map(envelope))
    }

    private func isReserved(_ decision: OrderWatch.Decision?) -> Bool {
        if case .reserved(let reserved, _) = decision { reserved.orderID == order } else { false }
    }

    private func isNoted(_ decision: OrderWatch.Decision?) -> Bool {
        if case .noted = decision { true } else { false }
    }

    private var reserved: Event {
        .warehouse(.stockReserved(StockReserved(orderID: order, request: 1, fulfillments: [])))
    }

    @Test func waitingEndsWhenWarehouseHasReserved() async {
        let watch = OrderWatch()
        async let decided = watch.waitForDecision(on: order, atMost: .seconds(20))
        watch.committed(commit(appended: [reserved], topic: .warehouse))
        #expect(isReserved(await decided))
        #expect(watch.unnotedReservation(of: order) != nil)
    }

    @Test func aReservationThatOrdersNotedIsInItsTables() async {
        let watch = OrderWatch()
        watch.committed(commit(appended: [reserved], topic: .warehouse))
        watch.committed(commit(consumed: [reserved]))
        #expect(watch.unnotedReservation(of: order) == nil)
        #expect(isNoted(await watch.waitForDecision(on: order, atMost: .seconds(20))))
    }

    @Test func orderMayNoteBeforeTheWatchLearnsOfTheReservation() async {
        let watch = OrderWatch()
        watch.committed(commit(consumed: [reserved]))
        watch.committed(commit(appended: [reserved], topic: .warehouse))
        #expect(watch.unnotedReservation(of: order) == nil)
    }

    @Test func aLaterRequestDecidesNothing() async {
        let watch = OrderWatch()
        let later = Event.warehouse(.stockReserved(StockReserved(orderID: order, request: 2, fulfillments: [])))
        watch.committed(commit(appended: [later], topic: .warehouse))
        #expect(await watch.waitForDecision(on: order, atMost: .milliseconds(10)) == nil)
    }

    @Test func aRejectionIsOrdersToSay() async {
        let watch = OrderWatch()
        let rejected = StockReservationRejected(orderID: order, request: 1, lines: [])
        async let decided = watch.waitForDecision(on: order, atMost: .seconds(20))
        watch.committed(commit(appended: [.warehouse(.stockReservationRejected(rejected))], topic: .warehouse))
        #expect(watch.unnotedReservation(of: order) == nil)
        watch.committed(commit(consumed: [.warehouse(.stockReservationRejected(rejected))]))
        #expect(isNoted(await decided))
    }

    @Test func aDecisionBeforeTheWaitingIsRemembered() async {
        let watch = OrderWatch()
        watch.committed(commit(appended: [.orders(.orderRejected(OrderRejected(orderID: order, reason: "x")))]))
        #expect(isNoted(await watch.waitForDecision(on: order, atMost: .seconds(20))))
    }

    @Test func waitingEndsWithTheTime() async {
        let watch = OrderWatch()
        #expect(await watch.waitForDecision(on: order, atMost: .milliseconds(10)) == nil)
    }

    @Test func oldDecisionsAreForgotten() async {
        let watch = OrderWatch(capacity: 2)
        for id: Int64 in 42...44 {
            let rejected = OrderRejected(orderID: OrderID(rawValue: id), reason: "x")
            watch.committed(commit(appended: [.orders(.orderRejected(rejected))]))
        }
        #expect(await watch.waitForDecision(on: order, atMost: .milliseconds(10)) == nil)
        #expect(isNoted(await watch.waitForDecision(on: OrderID(rawValue: 44), atMost: .seconds(20))))
    }

    @Test func listenersGetTheirTopicsInOrder() async throws {
        let stream = EventStream()
        let listening = try #require(stream.subscribe(to: [.orders]))
        for id: Int64 in 1...3 {
            let rejected = Event.orders(.orderRejected(OrderRejected(orderID: OrderID(rawValue: id), reason: "x")))
            stream.committed(commit(appended: [rejected]))
            stream.committed(commit(appended: [rejected], topic: .shipping))
        }
        stream.close()
        var keys: [Int64] = []
        for await envelopes in listening { keys += envelopes.map(\.key) }
        #expect(keys == [1, 2, 3])
    }

    @Test func whoWantsHearsOfOtherProcessesCommits() async throws {
        let stream = EventStream()
        let waiting = try #require(stream.subscribe(to: [.orders], capacity: 1, hearsOthers: true))
        let page = try #require(stream.subscribe(to: [.orders]))
        stream.announced(.warehouse)
        for _ in 0..<3 { stream.announced(.orders) }
        stream.close()
        var heard = 0
        for await committed in waiting {
            #expect(committed.isEmpty)
            heard += 1
        }
        #expect(heard == 1, "it has not looked at the first yet")
        for await committed in page { Issue.record("\(committed) is nothing for a page") }
    }

    @Test func aListenerThatDoesNotKeepUpIsDropped() async throws {
        let stream = EventStream()
        let listening = try #require(stream.subscribe(capacity: 2))
        let rejected = Event.orders(.orderRejected(OrderRejected(orderID: order, reason: "x")))
        for _ in 0..<3 { stream.committed(commit(appended: [rejected])) }
        #expect(stream.subscriberCount == 0)
        var count = 0
        for await _ in listening { count += 1 }
        #expect(count == 2)
    }

    @Test func listenersAreLimited() throws {
        let stream = EventStream(limit: 1)
        let first = stream.subscribe()
        #expect(first != nil)
        #expect(stream.subscribe() == nil)
    }
}
