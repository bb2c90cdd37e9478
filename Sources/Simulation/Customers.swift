import Kernel
import Orders
import OrdersService
import Runtime
import Synchronization

/// Shops that place orders, change their minds, and repeat requests under the same key when no answer came.
final class Customers: Sendable {
    struct Request: Sendable {
        let key: String
        let command: OrdersCommand
        /// The order's place in the plan.
        let order: Int
    }

    private enum Wish: Sendable {
        case place(Int)
        case repeatRequest(Request)
        case cancel(Int)
        case cancelUnits(Int)
    }

    private struct Due: Comparable {
        let at: Instant
        let number: Int
        let wish: Wish

        static func < (left: Self, right: Self) -> Bool { (left.at, left.number) < (right.at, right.number) }
        static func == (left: Self, right: Self) -> Bool { left.number == right.number }
    }

    private struct State {
        var random: SeededGenerator
        var queue = MinHeap<Due>()
        var counter = 0
        var ids: [Int: OrderID] = [:]
        var answers: [String: Int] = [:]
        var problems: [String] = []

        mutating func want(_ wish: Wish, at instant: Instant) {
            counter += 1
            queue.insert(Due(at: instant, number: counter, wish: wish))
        }
    }

    private let state: Mutex<State>
    private let skus: [String]
    private let outstanding = Outstanding<Request>()

    init(plan: SimulationPlan, skus: [String], from start: Instant) {
        self.skus = skus
        var state = State(random: SeededGenerator(seed: plan.seed ^ 0xC0FFEE))
        var time = start
        for order in 0..<plan.orders {
            time = time + .milliseconds(Int64.random(in: 0...plan.pauseMax.inMilliseconds, using: &state.random))
            state.want(.place(order), at: time)
        }
        self.state = Mutex(state)
    }

    var nextDue: Instant? { state.withLock { $0.queue.first?.at } }
    var isWaiting: Bool { !outstanding.isEmpty }
    var placed: Int { state.withLock { $0.ids.count } }
    /// How often each answer was given.
    var answers: [String: Int] { state.withLock { $0.answers } }
    var problems: [String] { state.withLock { $0.problems } }

    /// The connection broke: whatever was not answered is asked again.
    func reconnect(_ mailbox: ServiceMailbox<OrdersCommand, OrdersReply>) {
        for request in outstanding.takeAll() { submit(request, mailbox) }
    }

    /// Submits what is due.
    func act(now: Instant, _ mailbox: ServiceMailbox<OrdersCommand, OrdersReply>) {
        while let request = next(now: now) { submit(request, mailbox) }
    }

    private func next(now: Instant) -> Request? {
        state.withLock { state in
            while let due = state.queue.first, due.at <= now {
                _ = state.queue.popFirst()
                if let request = request(due.wish, &state, now: now) { return request }
            }
            return nil
        }
    }

    private func request(_ wish: Wish, _ state: inout State, now: Instant) -> Request? {
        switch wish {
        case .repeatRequest(let request): return request
        case .place(let order):
            let request = Request(
                key: "place-\(order)", command: .placeOrder(placement(order, &state.random)), order: order)
            if state.random.chance(0.1) { state.want(.repeatRequest(request), at: now + .seconds(30)) }
            return request
        case .cancel(let order):
            guard let id = state.ids[order] else { return nil }
            return Request(
                key: "cancel-\(order)", command: .cancelOrder(CancelOrder(orderID: id, reason: "changed my mind")),
                order: order)
        case .cancelUnits(let order):
            guard let id = state.ids[order] else { return nil }
            let command = CancelUnits(
                orderID: id, lines: [CancelUnits.Line(line: 1, quantity: Int.random(in: 1...2, using: &state.random))],
                reason: "too many")
            return Request(key: "units-\(order)", command: .cancelUnits(command), order: order)
        }
    }

    private func placement(_ order: Int, _ random: inout SeededGenerator) -> PlaceOrder {
        var lines: [PlaceOrder.Line] = []
        func charge(_ random: inout SeededGenerator) -> PlaceOrder.Line {
            PlaceOrder.Line(
                item: .charge(label: "Shipping"), quantity: 1,
                unitPrice: Money(Int64.random(in: 0...900, using: &random), .eur))
        }
        if !random.chance(0.03) {
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                // The first product is the one that everybody wants.
                let sku = random.chance(0.2) ? skus[0] : skus[Int.random(in: 1..<skus.count, using: &random)]
                lines.append(
                    PlaceOrder.Line(
                        item: .goods(sku: sku), quantity: Int.random(in: 1...4, using: &random),
                        unitPrice: Money(Int64.random(in: 1...20_000, using: &random), .eur)))
            }
        }
        if lines.isEmpty || random.chance(0.3) { lines.append(charge(&random)) }
        let countries = ["DE", "AT", "FR", "US"]
        return PlaceOrder(
            client: 1, number: "N-\(order)", customer: "customer-\(order)", lines: lines,
            addressee: Addressee(
                name: "Ada", street: "Street 1", city: "City", postalCode: "12345",
                country: countries[Int.random(in: 0..<countries.count, using: &random)],
                email: random.chance(0.5) ? "ada@example.org" : nil),
            paymentMethod: random.chance(0.05) ? "tok_declined" : "tok_fine",
            trackingToken: TrackingToken(from: &random))
    }

    private func submit(_ request: Request, _ mailbox: ServiceMailbox<OrdersCommand, OrdersReply>) {
        let number = outstanding.add(request)
        mailbox.submit(
            Submission(
                request.command,
                idempotency: IdempotencyKey(client: 1, key: request.key, fingerprint: Array(request.key.utf8)),
                render: { reply in
                    switch reply {
                    case .placed(let receipt), .order(let receipt): Array(receipt.id.text.utf8)
                    default: []
                    }
                },
                completion: { [self] answer in take(answer, to: request, number) }))
    }

    private func take(_ answer: Answer<OrdersReply>, to request: Request, _ number: Int) {
        if case .unavailable(let fault) = answer, fault.isRetryable { return }
        outstanding.answered(number)
        state.withLock { state in
            let kind = request.key.prefix { $0 != "-" }
            let said: String
            switch answer {
            case .accepted(.placed(let receipt)):
                said = "accepted"
                note(receipt.id, request, &state, at: receipt.placedAt)
            case .accepted: said = "accepted"
            case .replayed(let bytes):
                said = "replayed"
                if let id = OrderID(text: String(decoding: bytes, as: UTF8.self)) {
                    note(id, request, &state, at: nil)
                } else {
                    state.problems.append("\(request.key) was replayed with no order's id")
                }
            case .rejected(let rejection): said = rejection.code
            case .keyReused: said = "key_reused"
            case .parked: said = "parked"
            case .unavailable(let fault): said = fault.code
            }
            state.answers["\(kind) \(said)", default: 0] += 1
            if case .rejected = answer, kind != "place" { return }
            if !["accepted", "replayed"].contains(said) {
                state.problems.append("\(request.key) was answered \(said)")
            }
        }
    }

    /// One order per key, whatever happened to the answers.
    private func note(_ id: OrderID, _ request: Request, _ state: inout State, at time: Instant?) {
        if let known = state.ids[request.order] {
            if known != id { state.problems.append("\(request.key) placed \(known) and \(id)") }
            return
        }
        state.ids[request.order] = id
        let dice = Int.random(in: 0..<100, using: &state.random)
        let delay = Int.random(in: 0..<(state.random.chance(0.7) ? 3000 : 200_000), using: &state.random)
        let base = time ?? state.queue.first?.at ?? Instant(milliseconds: id.rawValue >> 21 + 1_704_067_200_000)
        if dice < 15 { state.want(.cancel(request.order), at: base + .seconds(delay)) }
        if (10..<30).contains(dice) { state.want(.cancelUnits(request.order), at: base + .seconds(delay)) }
    }
}
