import BPMN
import Foundation
import Kernel
import Testing

/// A process instance and its host in talk. After every step the instance is written down and read again, so that every
/// test is a test of its stored form too.
struct Conversation {
    let engine: ProcessEngine
    var instance: ProcessInstance
    var now = Instant(milliseconds: 1_800_000_000_000)
    /// The outputs of the last step.
    var outputs: [EngineOutput]
    /// All outputs so far.
    var history: [EngineOutput] = []

    init(_ model: CompiledModel, _ process: String, _ variables: [String: FEELValue] = [:]) throws {
        engine = ProcessEngine(model: model)
        (instance, outputs) = engine.start(processID: process, variables: variables, now: now)
        history = outputs
        try storeAndLoad()
    }

    private mutating func storeAndLoad() throws {
        let bytes = instance.encoded()
        let read = try ProcessInstance(decoding: bytes, model: engine.model)
        #expect(read == instance)
        #expect(read.encoded() == bytes)
        instance = read
    }

    mutating func say(_ input: EngineInput) throws {
        outputs = try engine.advance(&instance, input, now: now)
        history += outputs
        try storeAndLoad()
    }

    private func find(
        _ type: String, _ name: String?, _ value: FEELValue, _ location: SourceLocation
    ) throws -> Job {
        try #require(
            instance.job(type: type, where: name, equals: value),
            "no job \(type); waiting: \(instance.jobs.map(\.type)), tokens \(instance.tokens)",
            sourceLocation: location)
    }

    mutating func done(
        _ type: String, where name: String? = nil, is value: FEELValue = .null, _ variables: [String: FEELValue] = [:],
        location: SourceLocation = #_sourceLocation
    ) throws {
        let job = try find(type, name, value, location)
        try say(.completeJob(job.key, variables: variables))
    }

    mutating func refused(
        _ type: String, with code: String, where name: String? = nil, is value: FEELValue = .null,
        _ variables: [String: FEELValue] = [:], location: SourceLocation = #_sourceLocation
    ) throws {
        let job = try find(type, name, value, location)
        try say(.throwError(job.key, code: code, variables: variables))
    }

    mutating func failed(_ type: String, location: SourceLocation = #_sourceLocation) throws {
        let job = try find(type, nil, .null, location)
        try say(.failJob(job.key, message: "broken"))
    }

    mutating func message(_ name: String, _ key: FEELValue? = nil, _ variables: [String: FEELValue] = [:]) throws {
        try say(.correlateMessage(name: name, key: key, variables: variables))
    }

    mutating func wait(_ duration: Duration) throws {
        now = now + duration
        try say(.timers)
    }

    /// The types of the waiting jobs, oldest first.
    var jobs: [String] { instance.jobs.map(\.type) }

    /// The types of all jobs ever created, in order.
    var asked: [String] {
        history.compactMap { if case .jobCreated(let job) = $0 { return job.type } else { return nil } }
    }

    var cancelled: [String] {
        history.compactMap { if case .jobCancelled(_, let type, _) = $0 { return type } else { return nil } }
    }
}

enum Models {
    /// The root of the repository.
    static let root = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func bytes(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: root.appending(path: path)))
    }

    static func orderFulfillment() throws -> CompiledModel {
        try CompiledModel(try ProcessModel(xml: try bytes("processes/order-fulfillment.bpmn")))
    }

    /// Definitions around what matters to a test.
    static func xml(_ body: String) -> [UInt8] {
        Array(
            """
            <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" \
            xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="definitions">\(body)</definitions>
            """.utf8)
    }

    /// Compiles one process `p` with the given content; `others` stands beside it.
    static func process(_ content: String, others: String = "") throws -> CompiledModel {
        try CompiledModel(try ProcessModel(xml: xml("<process id=\"p\">\(content)</process>\(others)")))
    }

    static func flow(_ source: String, _ target: String, _ condition: String? = nil) -> String {
        let id = "\(source)-\(target)"
        guard let condition else {
            return "<sequenceFlow id=\"\(id)\" sourceRef=\"\(source)\" targetRef=\"\(target)\"/>"
        }
        return "<sequenceFlow id=\"\(id)\" sourceRef=\"\(source)\" targetRef=\"\(target)\">"
            + "<conditionExpression>\(condition)</conditionExpression></sequenceFlow>"
    }

    /// A chain of sequence flows.
    static func flows(_ ids: String...) -> String { zip(ids, ids.dropFirst()).map { flow($0, $1) }.joined() }

    static func job(_ id: String, _ inner: String = "", _ attributes: String = "") -> String {
        "<serviceTask id=\"\(id)\" \(attributes)><extensionElements><zeebe:taskDefinition type=\"\(id)\"/>"
            + "</extensionElements>\(inner)</serviceTask>"
    }

    static func start(_ id: String = "s") -> String { "<startEvent id=\"\(id)\"/>" }
    static func end(_ id: String = "e") -> String { "<endEvent id=\"\(id)\"/>" }

    static func message(_ name: String, key: String? = nil) -> String {
        let subscription = key.map {
            "<extensionElements><zeebe:subscription correlationKey=\"\($0)\"/></extensionElements>"
        }
        return "<message id=\"m-\(name)\" name=\"\(name)\">\(subscription ?? "")</message>"
    }

    static func onMessage(_ name: String) -> String { "<messageEventDefinition messageRef=\"m-\(name)\"/>" }
    static func after(_ duration: String) -> String {
        "<timerEventDefinition><timeDuration>\(duration)</timeDuration></timerEventDefinition>"
    }

    static func compensated(_ id: String, by handler: String) -> String {
        "<boundaryEvent id=\"undo-\(id)\" attachedToRef=\"\(id)\"><compensateEventDefinition/></boundaryEvent>"
            + job(handler, "", "isForCompensation=\"true\"")
            + "<association id=\"compensation-\(id)\" sourceRef=\"undo-\(id)\" targetRef=\"\(handler)\"/>"
    }
}
