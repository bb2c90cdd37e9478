import Contracts
import Kernel
import Ports
import Runtime

/// A service small enough to see the runtime through it: it counts how often each product is named.
///
/// Commands and events of other topics both count; a product called 13 is poison.
final class TallyLogic: ServiceLogic {
    enum Command: Sendable {
        case count(ProductID)
        case countLater(ProductID, dueAt: Instant)
        case callOutside(ProductID, dueAt: Instant)
        case withdraw(ProductID)
    }

    struct TooMany: Rejection {
        let code = "too_many"
        let detail = "A tally ends at 1,000."
    }

    static let poison = ProductID(rawValue: 13)

    let topic: Topic? = .warehouse
    let subscriptions: [Topic] = [.orders]
    let migrations = [
        Migration(
            1, "tallies", "CREATE TABLE tallies (product BIGINT PRIMARY KEY, n BIGINT NOT NULL CHECK (n <= 1000))")
    ]
    /// Poison only while true, so that a replay can succeed.
    var isPoisonous = true

    func key(of command: Command) -> Int64? {
        switch command {
        case .count(let id), .countLater(let id, _), .callOutside(let id, _), .withdraw(let id): id.rawValue
        }
    }

    func process(
        _ inputs: [Input<Command>], now: Instant, in database: any DatabaseConnection, outbox: inout Outbox<Int64>
    ) throws(Fault) {
        for input in inputs {
            switch input {
            case .event(let envelope): try count(ProductID(rawValue: envelope.key), database, &outbox)
            case .command(.count(let id), let slot):
                if try tally(id, database) >= 1000 {
                    outbox.reject(slot, TooMany())
                } else {
                    outbox.reply(slot, try count(id, database, &outbox))
                }
            case .command(.countLater(let id, let dueAt), let slot):
                outbox.setTimer(TimerKey(kind: 1, subject: id.rawValue), dueAt: dueAt)
                outbox.reply(slot, 0)
            case .command(.callOutside(let id, let dueAt), let slot):
                outbox.perform(
                    Effect(
                        key: EffectKey(.voidPayment, id.rawValue), entity: id.rawValue,
                        request: .voidPayment(orderID: OrderID(rawValue: 1), authorization: "a"), dueAt: dueAt))
                outbox.reply(slot, 0)
            case .command(.withdraw(let id), let slot):
                outbox.withdraw(EffectKey(.voidPayment, id.rawValue))
                outbox.reply(slot, 0)
            case .timer(let key): try count(ProductID(rawValue: key.subject), database, &outbox)
            case .outcome(let effect, _): try count(ProductID(rawValue: effect.entity), database, &outbox)
            case .withdrawn(let effect):
                for _ in 0..<100 { try count(ProductID(rawValue: effect.entity), database, &outbox) }
            }
        }
    }

    private func tally(_ id: ProductID, _ database: any DatabaseConnection) throws(Fault) -> Int64 {
        try database.integer("SELECT n FROM tallies WHERE product = $1", [.id(id)])
    }

    @discardableResult
    private func count(_ id: ProductID, _ database: any DatabaseConnection, _ outbox: inout Outbox<Int64>) throws(Fault)
        -> Int64
    {
        if id == Self.poison, isPoisonous { throw Fault("poison", retryable: false, "thirteen") }
        try database.execute(
            "INSERT INTO tallies (product, n) VALUES ($1, 1) ON CONFLICT (product) DO UPDATE SET n = tallies.n + 1",
            [.id(id)])
        outbox.publish(
            .warehouse(
                .stockReceived(
                    StockReceived(
                        productID: id, warehouseID: WarehouseID(rawValue: 1), quantity: 1, reference: "t"))))
        return try tally(id, database)
    }
}
