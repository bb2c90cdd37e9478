import BPMN
import Foundation
import Kernel
import Testing

/// Measures, never judges: run with `BPMN_SPEED=1 swift test -c release --filter EngineSpeed`.
@Suite("Speed", .enabled(if: ProcessInfo.processInfo.environment["BPMN_SPEED"] != nil))
struct EngineSpeedTests {
    @Test("Microseconds per input, and per stored and loaded input, on the order process")
    func perInput() throws {
        let model = try Models.orderFulfillment()
        for isStored in [false, true] {
            let rounds = 5000
            var inputs = 0
            var bytes = 0
            let elapsed = try ContinuousClock().measure {
                for _ in 0..<rounds { inputs += try order(model, isStored, &bytes) }
            }
            let each = Double(elapsed.inMilliseconds) * 1000 / Double(inputs)
            print("\(isStored ? "stored" : "in memory"): \(each) µs per input, \(bytes / max(1, inputs)) bytes stored")
        }
    }

    /// One order with two fulfillments from start to end. Returns the number of inputs.
    private func order(_ model: CompiledModel, _ isStored: Bool, _ bytes: inout Int) throws -> Int {
        let engine = ProcessEngine(model: model)
        let now = Instant(milliseconds: 0)
        var (instance, _) = engine.start(
            processID: "order-fulfillment",
            variables: ["hasGoods": true, "hasAmount": true, "jeopardyAfter": "PT48H", "paymentLimit": "PT24H"],
            now: now)
        var inputs = 1
        func say(_ input: EngineInput) throws {
            _ = try engine.advance(&instance, input, now: now)
            inputs += 1
            guard isStored else { return }
            let stored = instance.encoded()
            bytes += stored.count
            instance = try ProcessInstance(decoding: stored, model: model)
        }
        while !instance.isEnded {
            if let job = instance.job(type: "reserve-stock") {
                try say(.completeJob(job.key, variables: ["fulfillments": [1, 2]]))
            } else if let job = instance.jobs.first {
                try say(.completeJob(job.key, variables: [:]))
            } else if let message = instance.messageSubscriptions.first(where: { $0.name == "handed-over" }) {
                try say(.correlateMessage(name: "handed-over", key: message.key, variables: ["shipped": true]))
                try say(.setVariables(["handedOver": 1]))
            } else if let message = instance.messageSubscriptions.first(where: { $0.name == "delivered" }) {
                try say(.correlateMessage(name: "delivered", key: message.key, variables: [:]))
            }
        }
        return inputs
    }
}
