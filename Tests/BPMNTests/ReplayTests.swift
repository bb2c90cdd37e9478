import BPMN
import Kernel
import Testing

/// Random walks through the order process: the same inputs give the same instances and outputs, whether the instance
/// stays in memory or is written down and read after each step, and every walk comes to an end.
@Suite("Replay")
struct ReplayTests {
    /// A random host. Its choices depend on the instance and the seed only.
    private struct Host {
        var random: SeededGenerator
        var nextFulfillment: Int64 = 1

        mutating func input(for instance: ProcessInstance) -> EngineInput {
            let jobs = instance.jobs
            let messages = instance.messageSubscriptions
            if let incident = instance.incidents.first, random.chance(0.5) { return .resolveIncident(incident.key) }
            if random.chance(0.05) { return .timers }
            if !messages.isEmpty, jobs.isEmpty || random.chance(0.3) {
                let message = messages[Int(random.next() % UInt64(messages.count))]
                let variables: [String: FEELValue] = message.name == "handed-over" ? ["shipped": true] : [:]
                return .correlateMessage(name: message.name, key: message.key, variables: variables)
            }
            guard !jobs.isEmpty else { return .timers }
            let job = jobs[Int(random.next() % UInt64(jobs.count))]
            if random.chance(0.03) { return .failJob(job.key, message: "out of order") }
            let errors = [
                "reserve-stock": "out-of-stock", "authorize-payment": "payment-declined", "pick-and-pack": "short-pick",
                "book-shipment": "booking-failed", "resource-remainder": "out-of-stock",
            ]
            if let code = errors[job.type], random.chance(0.2) {
                return .throwError(job.key, code: code, variables: ["remaining": .integer(Int64(random.next() % 2))])
            }
            return .completeJob(job.key, variables: results(of: job))
        }

        private mutating func results(of job: Job) -> [String: FEELValue] {
            switch job.type {
            case "reserve-stock": return ["fulfillments": fulfillments(Int(random.next() % 3) + 1)]
            case "resource-remainder": return ["remainders": fulfillments(1)]
            default: return [:]
            }
        }

        private mutating func fulfillments(_ count: Int) -> FEELValue {
            nextFulfillment += Int64(count)
            return .list((0..<Int64(count)).map { .integer(nextFulfillment - 1 - $0) })
        }
    }

    @Test("Stored after every step or never: the same", arguments: 0..<40 as Range<UInt64>)
    func storedOrNot(seed: UInt64) throws {
        let model = try Models.orderFulfillment()
        let engine = ProcessEngine(model: model)
        var now = Instant(milliseconds: 1_800_000_000_000)
        var (kept, first) = engine.start(
            processID: "order-fulfillment",
            variables: [
                "hasGoods": .boolean(seed % 7 != 0), "hasAmount": .boolean(seed % 5 != 0), "jeopardyAfter": "PT1H",
                "paymentLimit": "PT2H",
            ], now: now)
        #expect(!first.isEmpty)
        var stored = kept.encoded()
        var host = Host(random: SeededGenerator(seed: seed))
        var inputs = 0
        while !kept.isEnded, inputs < 500 {
            let input = host.input(for: kept)
            now = now + .seconds(60)
            var read = try ProcessInstance(decoding: stored, model: model)
            let outputs = try engine.advance(&kept, input, now: now)
            #expect(try engine.advance(&read, input, now: now) == outputs)
            #expect(read == kept)
            stored = read.encoded()
            #expect(stored == kept.encoded())
            inputs += 1
        }
        #expect(kept.isEnded, "seed \(seed): after \(inputs) inputs at \(kept.tokens)")
    }

    @Test("Damaged bytes are a fault, never a crash")
    func damaged() throws {
        let model = try Models.orderFulfillment()
        let (instance, _) = ProcessEngine(model: model).start(
            processID: "order-fulfillment", variables: ["hasGoods": true], now: Instant(milliseconds: 0))
        let bytes = instance.encoded()
        for length in 0..<bytes.count {
            #expect(throws: Fault.self) { _ = try ProcessInstance(decoding: Array(bytes[..<length]), model: model) }
        }
        var random = SeededGenerator(seed: 1)
        for _ in 0..<2000 {
            var damaged = bytes
            damaged[Int(random.next() % UInt64(bytes.count))] ^= UInt8(truncatingIfNeeded: random.next() | 1)
            do {
                let read = try ProcessInstance(decoding: damaged, model: model)
                #expect(read.processID.isEmpty == false)
            } catch {
                #expect(!error.isRetryable)
            }
        }
    }

    @Test("An instance of another version is told apart")
    func otherVersion() throws {
        let one = try Models.process("\(Models.start())\(Models.job("t"))\(Models.end())\(Models.flows("s", "t", "e"))")
        let other = try Models.orderFulfillment()
        let bytes = ProcessEngine(model: one).start(processID: "p", now: Instant(milliseconds: 0)).0.encoded()
        #expect(ProcessInstance.fingerprint(of: bytes) == one.fingerprint)
        let fault = #expect(throws: Fault.self) { _ = try ProcessInstance(decoding: bytes, model: other) }
        #expect(fault?.code == "process_instance_version")
    }
}
