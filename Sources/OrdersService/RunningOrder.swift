import BPMN
import Orders

/// An order under way as it is stored, with its process, so that the next batch need not read it again.
final class RunningOrder {
    let order: Order
    /// `nil` while nobody asked for them.
    let lines: [OrderLine]?
    let engine: ProcessEngine
    let instance: ProcessInstance

    init(order: Order, lines: [OrderLine]?, engine: ProcessEngine, instance: ProcessInstance) {
        self.order = order
        self.lines = lines
        self.engine = engine
        self.instance = instance
    }
}
