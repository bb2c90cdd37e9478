import Contracts
import Kernel
import Orders
import Ports
import SearchLanguage
import Testing

@testable import SearchService

/// What the events of an order make of its document.
struct OrderFoldTests {
    private let story = OrderStory(1001)

    private func folded(_ events: [Event]) -> OrderFold {
        var fold = OrderFold()
        for (position, event) in events.enumerated() {
            fold.apply(
                Envelope(
                    partition: 0, position: Int64(position) + 1,
                    recordedAt: Instant(milliseconds: 1_795_000_000_000), event: event))
        }
        return fold
    }

    private func document(_ events: [Event]) -> SearchDocument {
        OrderDescription.document(
            story.id, folded(events), story.facts, warehouses: [WarehouseID(rawValue: 1): "BER"])
    }

    @Test func aPlacedOrder() {
        let document = document(story.placed)
        #expect(document.version == 1)
        #expect(document.keywords[.status] == ["placed"])
        #expect(document.keywords[.flag] == ["open"])
        #expect(document.keywords[.payment] == ["pending"])
        #expect(document.keywords[.country] == ["de"])
        #expect(document.keywords[.number] == ["w-1001"])
        #expect(document.keywords[.sku] == ["mug-red"])
        #expect(document.texts[.name] == "anna muller")
        #expect(document.texts[.city] == "koln")
        #expect(document.texts[.product] == "red mug \(SearchDocument.separator) postage")
        #expect(document.numbers[.total] == 19_990)
        #expect(document.numbers[.units] == 2)
        #expect(document.keywords[.carrier] == nil)
    }

    @Test func anOrderAtTheDoor() {
        let document = document(story.all)
        #expect(document.version == Int64(story.all.count))
        #expect(document.keywords[.status] == ["completed"])
        #expect(document.keywords[.flag] == ["handed_over", "late", "short"])
        #expect(document.keywords[.fulfillment] == ["handed_over"])
        #expect(document.keywords[.shipment] == ["delivered"])
        #expect(document.keywords[.payment] == ["captured"])
        #expect(document.keywords[.carrier] == ["dhl"])
        #expect(document.keywords[.warehouse] == ["ber"])
        #expect(document.keywords[.tracking] == ["00340-1001"])
        #expect(document.numbers[.delivered] == 1_795_000_000_000)
    }

    @Test(arguments: [(0, "placed"), (1, "placed"), (2, "placed"), (3, "confirmed"), (4, "fulfilling")])
    func stateByState(steps: Int, state: String) {
        let events = story.placed + story.confirmed
        #expect(document(Array(events.prefix(steps))).keywords[.status] == [state])
    }

    @Test func aCancellationIsOpenUntilItIsAnswered() {
        let asked = Event.orders(
            .orderCancellationRequested(OrderCancellationRequested(orderID: story.id, reason: "customer", units: [])))
        let refused = Event.warehouse(
            .cancellationRefused(CancellationRefused(orderID: story.id, reason: "handed_over", units: [])))
        let cancelled = Event.orders(.orderCancelled(OrderCancelled(orderID: story.id, reason: "customer")))
        #expect(document(story.placed + [asked]).keywords[.flag] == ["cancelling", "open"])
        #expect(document(story.placed + [asked, refused]).keywords[.flag] == ["open"])
        #expect(document(story.placed + [asked, cancelled]).keywords[.flag] == nil)
    }

    /// However the topics are interleaved, each in its order, the fold is the same.
    @Test(arguments: 1...50) func readersAgree(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var queues = Dictionary(grouping: story.all, by: \.topic)
        var events: [Event] = []
        while let topic = queues.filter({ !$0.value.isEmpty }).keys.sorted().randomElement(using: &generator) {
            if let event = queues[topic]?.removeFirst() { events.append(event) }
        }
        #expect(folded(events) == folded(story.all))
    }

    @Test func aStoredFoldIsReadBack() throws {
        var events: [Event] = []
        for event in story.all {
            events.append(event)
            let fold = folded(events)
            #expect(try OrderFold(stored: fold.stored) == fold)
        }
        #expect(throws: Fault.self) { try OrderFold(stored: Array("{}".utf8)) }
        #expect(throws: Fault.self) { try OrderFold(stored: Array("nonsense".utf8)) }
    }

    /// The query language knows the words that the contexts use, and no others.
    @Test func theVocabularyIsTheDomains() {
        #expect(SearchVocabulary.statuses == OrderState.allCases.map(\.name))
        #expect(SearchVocabulary.words(of: .shipment) == ShipmentStatus.allCases.map(\.name))
        #expect(SearchVocabulary.words(of: .fulfillment) == OrderFulfillment.Status.allCases.map(\.name))
        for word in ["none", "pending", "authorized", "partially_captured", "refunded", "voided"] {
            #expect(PaymentStatus(rawValue: word) != nil)
            #expect(SearchVocabulary.words(of: .payment)?.contains(word) == true)
        }
    }
}
