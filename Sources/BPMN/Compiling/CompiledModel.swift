/// The executable processes of one document as flat arrays: elements and flows are numbers. Immutable; made once per
/// version and shared by all instances.
public final class CompiledModel: Sendable {
    /// The document as drawn.
    public let source: ProcessModel
    let elements: [CompiledElement]
    let flows: [CompiledFlow]
    let elementIndex: [String: Int]
    /// The index of a process by its id.
    let processIndex: [String: Int]

    /// Checks and compiles all executable processes of a model.
    ///
    /// - Parameters:
    ///   - model: as read; stays usable for drawing when this throws.
    ///   - sideEffects: what each job type does to the world; asked once per job element. The default says that
    ///     nothing has side effects, which turns the check off.
    /// - Throws: `ModelRefused` with every problem of the kinds `unsupported`, `structure`, `expression` and `saga`,
    ///   each naming its element.
    /// - Complexity: O(n) in elements; O(n·g) with g inclusive joins.
    public init(
        _ model: ProcessModel, sideEffects: (_ jobType: String) -> SideEffect = { _ in .none }
    ) throws(ModelRefused) {
        var compiler = ModelCompiler(model)
        compiler.compile()
        if compiler.problems.isEmpty { compiler.problems = SagaCheck.problems(of: compiler, sideEffects) }
        guard compiler.problems.isEmpty else { throw ModelRefused(problems: compiler.problems) }
        source = model
        elements = compiler.elements
        flows = compiler.flows
        elementIndex = compiler.index
        processIndex = compiler.processes
    }

    /// Identifies this version: equal for equal documents, on every platform.
    public var fingerprint: UInt64 { source.fingerprint }

    /// The ids of the processes that can be started, in document order.
    public var processIDs: [String] { source.processes.map(\.id).filter { processIndex[$0] != nil } }

    /// All job types, sorted: what a host has to provide workers for.
    public var jobTypes: [String] { Set(elements.compactMap { $0.job?.type }).sorted() }
}

struct CompiledFlow: Sendable {
    let id: String
    let source: Int
    let target: Int
    let condition: FEELExpression?
}

enum Operation: UInt8, Sendable {
    case process, subProcess, eventSubProcess, callActivity
    /// Waits for a worker: service-like tasks, message throw and end events.
    case job
    /// Waits for a message: receive tasks. Catch events wait for a message or a timer.
    case receive, catchEvent
    case script
    /// Nothing to do: plain and manual tasks.
    case passActivity
    /// Nothing to do, without activation: none events, boundary events once triggered, link events.
    case passEvent
    case boundary, eventStart
    case exclusive, parallel, inclusive, eventBased
    case terminateEnd, errorEnd, escalationThrow, compensationThrow
}

enum Trigger: UInt8, Sendable { case none, message, timer, error, escalation, compensation }

struct CompiledElement: Sendable {
    let id: String
    let operation: Operation
    /// The process or sub-process around it; -1 for a process.
    var container = -1
    var outgoing: [Int] = []
    var incoming: [Int] = []
    var defaultFlow = -1
    var isEnd = false
    var isActivity = false
    /// Boundary events attached, without compensation.
    var boundaries: [Int] = []
    /// Of a process or sub-process: the start events of its event sub-processes.
    var eventStarts: [Int] = []
    /// Of a process or sub-process: where it starts.
    var start = -1
    /// Of a process or sub-process: the event sub-process that undoes it as a whole, once it has completed.
    var undoing = -1
    /// The compensation handler of an activity.
    var handler = -1
    var isHandler = false
    var trigger = Trigger.none
    var isInterrupting = true
    /// Error or escalation code; `nil` catches all.
    var code: String?
    var message: CompiledMessage?
    var timer: CompiledTimer?
    var job: CompiledJob?
    var loop: CompiledLoop?
    var inputs: [CompiledMapping] = []
    var outputs: [CompiledMapping] = []
    var script: FEELExpression?
    var scriptResult: String?
    var called = -1
    var copiesParentVariables = true
    var copiesChildVariables = false
    /// The activity that a compensation throw event names, otherwise -1.
    var compensated = -1
    /// Inclusive joins: per incoming flow, which elements can still send a token through it.
    var upstream: [Set<Int>] = []
    /// Marked as the point of no return by the property `pivot`.
    var isPivot = false

    var hasConditions = false
}

struct CompiledMessage: Sendable {
    let name: String
    let key: FEELExpression?
}

struct CompiledJob: Sendable {
    let type: String
    let headers: [String: String]
    let retries: Int
}

struct CompiledMapping: Sendable {
    let source: FEELExpression
    let target: String
}

struct CompiledLoop: Sendable {
    let isSequential: Bool
    let cardinality: FEELExpression?
    let collection: FEELExpression?
    let element: String?
    let outputCollection: String?
    let outputElement: FEELExpression?
    let completionCondition: FEELExpression?
}

enum CompiledTimer: Sendable {
    case date(FEELExpression)
    case duration(FEELExpression)
    case cycle(FEELExpression)
}
