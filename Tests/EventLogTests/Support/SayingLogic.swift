import Contracts
import Kernel
import Ports
import Runtime

/// A service that says what it is told to: its events are the test's.
final class SayingLogic: ServiceLogic {
    let topic: Topic?
    let subscriptions: [Topic] = []
    let migrations: [Migration] = []

    init(_ topic: Topic) { self.topic = topic }

    func key(of command: [Event]) -> Int64? { nil }

    func process(
        _ inputs: [Input<[Event]>], now: Instant, in database: any DatabaseConnection, outbox: inout Outbox<Int>
    ) throws(Fault) {
        for input in inputs {
            guard case .command(let events, let slot) = input else { continue }
            for event in events { outbox.publish(event) }
            outbox.reply(slot, events.count)
        }
    }
}
