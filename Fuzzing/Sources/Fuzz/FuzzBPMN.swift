import BPMN
import Kernel

/// A model is refused with a reason, or it can be drawn, started, written down and read back.
func fuzzBPMN(_ bytes: [UInt8]) {
    guard let model = read(bytes) else { return }
    for index in model.diagrams.indices {
        precondition(DiagramDrawing.svg(of: model, diagram: index) != nil, "diagram \(index) was not drawn")
    }
    guard let compiled = compile(model) else { return }
    let engine = ProcessEngine(model: compiled)
    for process in compiled.processIDs {
        let now = Instant(milliseconds: 1_800_000_000_000)
        var (instance, _) = engine.start(processID: process, now: now)
        run(engine, &instance, now: now)
        do throws(Fault) {
            let again = try ProcessInstance(decoding: instance.encoded(), model: compiled)
            precondition(again == instance, "\(process) changed when it was written down")
        } catch {
            preconditionFailure("\(process): \(error)")
        }
    }
}

/// Completes what is to be done, for a while.
private func run(_ engine: ProcessEngine, _ instance: inout ProcessInstance, now: Instant) {
    for step in 0..<20 {
        guard !instance.isEnded else { return }
        let input = instance.jobs.first.map { EngineInput.completeJob($0.key, variables: [:]) } ?? .timers
        do throws(EngineRejection) {
            _ = try engine.advance(&instance, input, now: now + .seconds(3600 * Int64(step)))
        } catch {
            return
        }
    }
}

private func read(_ bytes: [UInt8]) -> ProcessModel? {
    do throws(LoadError) { return try ProcessModel(xml: bytes) } catch { return nil }
}

private func compile(_ model: ProcessModel) -> CompiledModel? {
    do throws(ModelRefused) {
        return try CompiledModel(model)
    } catch {
        precondition(!error.problems.isEmpty, "refused without a reason")
        return nil
    }
}
