import BPMN
import Catalog
import Contracts
import Kernel
import Orders
import Ports
import Runtime

/// One batch of inputs on its way: everything that they name, loaded once; decided in order; saved once.
final class OrdersBatch {
    let logic: OrdersLogic
    let now: Instant
    let database: any DatabaseConnection
    var ids: IDGenerator
    var outbox = Outbox<OrdersReply>()
    /// By the order's id.
    var sagas: [Int64: OrderSaga] = [:]
    /// In the order in which they were first named, so that saving is the same every time.
    var sequence: [OrderSaga] = []
    /// What is stored beside an order when it is placed.
    var placed: [PlacedOrder] = []
    var products = ProductChanges()
    /// The orders of the returns that this batch names.
    var orderOfReturn: [ReturnID: Int64] = [:]
    /// Order numbers that are taken, as far as this batch names them.
    var takenNumbers: Set<ClientNumber> = []
    var notifications: [[SQLValue]] = []
    var webhooks = WebhookChanges()

    init(_ logic: OrdersLogic, ids: IDGenerator, now: Instant, _ database: any DatabaseConnection) {
        self.logic = logic
        self.ids = ids
        self.now = now
        self.database = database
    }

    var options: OrdersOptions { logic.options }

    /// - Throws: `unknown_order`: others learned of orders from us alone.
    func saga(_ order: Int64) throws(Fault) -> OrderSaga {
        guard let saga = sagas[order] else {
            throw Fault("unknown_order", retryable: false, OrderID(rawValue: order).text)
        }
        return saga
    }

    func add(_ saga: OrderSaga) {
        sagas[saga.id.rawValue] = saga
        sequence.append(saga)
    }

    func handle(_ input: Input<OrdersCommand>) throws(Fault) {
        switch input {
        case .event(let envelope):
            switch envelope.event {
            case .warehouse(let event): try react(to: event)
            case .shipping(let event): try react(to: event, at: envelope.position)
            case .orders: throw Fault("own_event", retryable: false, "Orders does not read its own topic")
            }
        case .command(let command, let slot): try answer(command, slot)
        case .timer(let key):
            let saga = try saga(key.subject)
            guard try !saga.instance.isEnded else { return }
            try saga.apply(.timers)
            try saga.tellProcess()
        case .outcome(let effect, let outcome): try react(to: effect, outcome)
        case .withdrawn(let effect):
            // Only authorizations are withdrawn, and then nobody waits for them any more.
            guard effect.key.kind == .authorizePayment else {
                throw Fault("unexpected_withdrawal", retryable: false, "nobody withdrew \(effect.key)")
            }
        }
    }

    private func answer(_ command: OrdersCommand, _ slot: Int) throws(Fault) {
        switch command {
        case .placeOrder(let command): try placeOrder(command, slot)
        case .cancelOrder(let command): try cancelOrder(command, slot)
        case .cancelUnits(let command): try cancelUnits(command, slot)
        case .requestReturn(let command): try requestReturn(command, slot)
        case .decideReturn(let command): try decideReturn(command, slot)
        case .retryReturnRefund(let id): try retryReturnRefund(id, slot)
        case .createProduct(let command): createProduct(command, slot)
        case .createProducts(let commands): createProducts(commands, slot)
        case .updateProduct(let command): updateProduct(command, slot)
        case .resolveIncident(let command): try resolveIncident(command, slot)
        case .registerWebhookEndpoint(let command): registerWebhookEndpoint(command, slot)
        case .updateWebhookEndpoint(let command): try updateWebhookEndpoint(command, slot)
        case .rotateWebhookSecret(let command): try rotateWebhookSecret(command, slot)
        case .disableWebhookEndpoint(let id): try disableWebhookEndpoint(id, slot)
        case .replayWebhook(let command): try replayWebhook(command, slot)
        case .eraseRecipient(let id): try eraseRecipient(id, slot)
        }
    }
}

struct ClientNumber: Hashable {
    let client: Int64
    let number: String
}
