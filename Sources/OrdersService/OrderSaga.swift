import BPMN
import Contracts
import Kernel
import Orders
import Ports

/// One order in a batch: its state, its process instance, and the talk between the two.
///
/// What changed is found by comparing with what was loaded, so nothing can forget to say that it changed something.
final class OrderSaga {
    var order: Order
    /// As stored; `nil` for an order placed in this batch.
    let loaded: Order?
    // The batch owns its sagas and outlives them; to own it in turn would keep every batch for ever.
    unowned let batch: OrdersBatch
    private(set) var instanceChanged: Bool
    private(set) var dueBefore: Instant?
    private var process: (engine: ProcessEngine, instance: ProcessInstance)?
    private var knownLines: [OrderLine]?

    /// An order as stored; its process follows with ``take(_:)``, or is read when it is needed.
    init(_ order: Order, _ batch: OrdersBatch) {
        self.order = order
        self.batch = batch
        loaded = order
        instanceChanged = false
    }

    func take(_ process: (ProcessEngine, ProcessInstance)) {
        self.process = process
        dueBefore = process.1.nextDueAt
    }

    /// An order as a former batch left it.
    convenience init(_ running: RunningOrder, _ batch: OrdersBatch) {
        self.init(running.order, batch)
        knownLines = running.lines
        take((running.engine, running.instance))
    }

    /// What the next batch can go on from; `nil` for an order that has ended, or of which only a part was read.
    var forNextBatch: RunningOrder? {
        guard !order.state.isTerminal, let process else { return nil }
        return RunningOrder(
            order: order, lines: knownLines, engine: process.engine, instance: process.instance)
    }

    private func loadedProcess() throws(Fault) -> (engine: ProcessEngine, instance: ProcessInstance) {
        if let process { return process }
        let stored = try batch.instance(of: order)
        take(stored)
        return stored
    }

    /// Whether the process is at hand already.
    var hasProcess: Bool { process != nil }

    var instance: ProcessInstance { get throws(Fault) { try loadedProcess().instance } }

    /// An order placed now: its process starts.
    init(placing placed: PlacedOrder, _ engine: ProcessEngine, _ batch: OrdersBatch) throws(Fault) {
        order = placed.order
        knownLines = placed.lines
        self.batch = batch
        loaded = nil
        instanceChanged = true
        let (instance, outputs) = engine.start(
            processID: ProcessVersions.orderProcess,
            variables: [
                "hasGoods": .boolean(order.hasGoods), "hasAmount": .boolean(order.payment.due > 0),
                "paymentLimit": .string(OrdersOptions.iso8601(batch.options.paymentLimit)),
                "jeopardyAfter": .string(OrdersOptions.iso8601(batch.options.jeopardyAfter)),
            ], now: batch.now)
        process = (engine, instance)
        try follow(outputs)
    }

    var id: OrderID { order.id }
    var now: Instant { batch.now }
    var version: Int64 { get throws(Fault) { ProcessVersions.version(of: try loadedProcess().engine) } }

    /// The lines, read when first asked for.
    func lines() throws(Fault) -> [OrderLine] {
        if let knownLines { return knownLines }
        let lines = try batch.lines(of: id)
        knownLines = lines
        return lines
    }

    // MARK: The process

    /// Applies an input that must fit, and does what the process then asks for.
    ///
    /// - Throws: `process_rejected` when it does not fit: a bug, not a matter of time.
    func apply(_ input: EngineInput) throws(Fault) {
        guard try applyIfPossible(input) else {
            throw Fault("process_rejected", retryable: false, "\(id): \(input)")
        }
    }

    /// - Returns: false when the process cannot take the input now; nothing has changed then.
    func applyIfPossible(_ input: EngineInput) throws(Fault) -> Bool {
        // Taken out while it changes: a second owner would make the engine copy it.
        let engine: ProcessEngine
        var instance: ProcessInstance
        (engine, instance) = try loadedProcess()
        process = nil
        let outputs: [EngineOutput]
        do throws(EngineRejection) {
            outputs = try engine.advance(&instance, input, now: now)
        } catch {
            process = (engine, instance)
            return false
        }
        process = (engine, instance)
        instanceChanged = true
        try follow(outputs)
        return true
    }

    /// Hands every new job to its behavior; what is answered at once advances the process further.
    private func follow(_ outputs: [EngineOutput]) throws(Fault) {
        for output in outputs {
            switch output {
            case .jobCreated(let job):
                let answer: JobAnswer
                if let behavior = JobBehaviors.all[job.type] {
                    answer = try behavior.begin(job, self)
                } else {
                    answer = .failed("nothing here does jobs of type '\(job.type)'")
                }
                switch answer {
                case .waits: break
                case .done(let variables): try apply(.completeJob(job.key, variables: variables))
                case .failed(let message): try apply(.failJob(job.key, message: message))
                }
            case .jobCancelled(_, let type, _): JobBehaviors.all[type]?.cancel(self)
            case .incident, .elementEntered, .elementCompleted, .elementTerminated, .completed, .terminated: break
            }
        }
    }

    // MARK: Jobs

    func job(_ type: String) throws(Fault) -> Job? { try instance.job(type: type) }

    func job(_ type: String, for fulfillment: FulfillmentID) throws(Fault) -> Job? {
        try instance.job(type: type, where: JobBehaviors.fulfillment, equals: .integer(fulfillment.rawValue))
    }

    /// Completes a job if one waits.
    /// - Returns: whether one did.
    @discardableResult
    func complete(_ job: Job?, _ variables: [String: FEELValue] = [:]) throws(Fault) -> Bool {
        guard let job else { return false }
        try apply(.completeJob(job.key, variables: variables))
        return true
    }

    /// Answers a job, if one waits, with an error of the business.
    func refuse(_ job: Job?, _ code: String, _ variables: [String: FEELValue] = [:]) throws(Fault) {
        guard let job else { return }
        try apply(.throwError(job.key, code: code, variables: variables))
    }

    /// The place of the fulfillment that a job is about.
    func index(of job: Job) throws(Fault) -> Int {
        guard case .integer(let raw) = job.variables[JobBehaviors.fulfillment],
            let index = order.fulfillmentIndex(FulfillmentID(rawValue: raw))
        else { throw Fault("unknown_fulfillment", retryable: false, "\(id): job \(job.type) at \(job.elementID)") }
        return index
    }

    /// - Throws: `unknown_fulfillment`: Orders learned of it from Warehouse, in order.
    func index(of fulfillment: FulfillmentID) throws(Fault) -> Int {
        guard let index = order.fulfillmentIndex(fulfillment) else {
            throw Fault("unknown_fulfillment", retryable: false, "\(id): \(fulfillment)")
        }
        return index
    }

    // MARK: Saying what happened

    func publish(_ events: [OrdersEvent]) throws(Fault) {
        for event in events {
            batch.outbox.publish(.orders(event))
            switch event {
            case .orderConfirmed: try batch.notify(self, .confirmed)
            case .orderRejected: try batch.notify(self, .rejected)
            case .orderCancelled: try batch.notify(self, .cancelled)
            case .orderCompleted: try batch.notify(self, .completed)
            case .unitsCancelled: try batch.notify(self, .unitsCancelled)
            case .paymentRefunded: try batch.notify(self, .refunded)
            default: break
            }
        }
    }

    func perform(_ kind: EffectKind, _ subject: Int64, _ sequence: Int64, _ request: EffectRequest) {
        batch.outbox.perform(
            Effect(key: EffectKey(kind, subject, sequence), entity: id.rawValue, request: request, dueAt: now))
    }

    func publish(_ payment: () throws(PaymentRejection) -> [OrdersEvent]) throws(Fault) {
        let events: [OrdersEvent]
        do throws(PaymentRejection) {
            events = try payment()
        } catch {
            throw Fault(error.code, retryable: false, "\(id): \(error.detail)")
        }
        try publish(events)
    }
}
