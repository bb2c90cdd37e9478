import BPMN

/// The file `processes/order-fulfillment.bpmn`, read and compiled once: immutable, so that logics and readers share it.
public struct OrderProcess: Sendable {
    let xml: [UInt8]
    let engine: ProcessEngine

    /// - Throws: ``BPMN/LoadError`` or ``BPMN/ModelRefused``: not BPMN, not executable, or no saga.
    public init(xml: [UInt8]) throws {
        self.xml = xml
        engine = ProcessEngine(
            model: try CompiledModel(try ProcessModel(xml: xml)) { type in
                JobBehaviors.all[type]?.sideEffect ?? .none
            })
    }
}
