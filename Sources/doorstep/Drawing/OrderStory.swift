import Contracts
import Kernel
import Ports
import Runtime
import Synchronization

/// What happened to one order, in order.
struct OrderStory: Sendable, Equatable {
    /// Who takes part, from left to right.
    enum Lane: String, CaseIterable, Sendable {
        case shopper = "Shopper"
        case payments = "Payment provider"
        case orders = "Orders"
        case warehouse = "Warehouse"
        case floor = "Warehouse floor"
        case shipping = "Shipping"
        case courier = "Courier"

        init(_ topic: Topic) {
            switch topic {
            case .orders: self = .orders
            case .warehouse: self = .warehouse
            case .shipping: self = .shipping
            }
        }
    }

    enum Kind: Sendable {
        /// Somebody asks a service.
        case command
        /// A fact in a service's log.
        case event
        /// A service asks somebody outside.
        case call
        /// What came back.
        case answer
    }

    struct Message: Sendable, Equatable {
        let kind: Kind
        let from: Lane
        /// For an event: the services whose rows, events or calls changed by it.
        var to: Set<Lane>
        let label: String
    }

    var messages: [Message] = []
}

/// Listens to three workers and to their effects while one order goes its way.
final class StoryRecorder: CommitObserver, EffectSink {
    private struct Position: Hashable {
        let topic: Topic
        let position: Int64
    }

    private struct State {
        var story: OrderStory?
        var messages: [Position: Int] = [:]
        var commits: [CommitRecord] = []
        var effects: [Effect] = []
    }

    private let state = Mutex(State())

    /// From here on it is told.
    func begin() { state.withLock { $0.story = OrderStory() } }

    var story: OrderStory { state.withLock { $0.story ?? OrderStory() } }

    func say(_ kind: OrderStory.Kind, from: OrderStory.Lane, to: OrderStory.Lane, _ label: String) {
        state.withLock {
            $0.story?.messages.append(OrderStory.Message(kind: kind, from: from, to: [to], label: label))
        }
    }

    func committed(_ record: CommitRecord) { state.withLock { $0.commits.append(record) } }

    func submit(_ effects: [Effect]) { state.withLock { $0.effects += effects } }

    /// Puts what a service's batch did into the story.
    ///
    /// - Parameter rowsChanged: whether the service's own rows are others than before the batch.
    /// - Returns: the calls that it decided.
    func conclude(_ topic: Topic, rowsChanged: Bool) -> [Effect] {
        state.withLock { state in
            defer { (state.commits, state.effects) = ([], []) }
            for commit in state.commits {
                let hasReacted = rowsChanged || !commit.appended.isEmpty || !state.effects.isEmpty
                for envelope in commit.consumed where hasReacted {
                    let place = Position(topic: envelope.topic, position: envelope.position)
                    if let index = state.messages[place] { state.story?.messages[index].to.insert(.init(topic)) }
                }
                for envelope in commit.appended {
                    guard let count = state.story?.messages.count else { continue }
                    state.messages[Position(topic: envelope.topic, position: envelope.position)] = count
                    state.story?.messages.append(
                        .init(kind: .event, from: .init(topic), to: [], label: envelope.event.type))
                }
            }
            return state.effects
        }
    }
}
