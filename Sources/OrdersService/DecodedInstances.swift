import BPMN
import Kernel

/// Process instances as they were last written, so that the next batch need not decode them again.
///
/// An instance is only given out for exactly the bytes that it was encoded to: what a rolled-back batch left here can
/// never be found.
final class DecodedInstances {
    private struct Entry {
        let state: [UInt8]
        let instance: ProcessInstance
    }

    /// Of each of the two generations.
    private static let capacity = 16_384

    private var recent: [Int64: Entry] = [:]
    private var older: [Int64: Entry] = [:]

    func keep(_ instance: ProcessInstance, _ state: [UInt8], of order: OrderID) {
        if recent.count >= Self.capacity {
            older = recent
            recent.removeAll(keepingCapacity: false)
        }
        recent[order.rawValue] = Entry(state: state, instance: instance)
    }

    func find(_ state: [UInt8], of order: OrderID) -> ProcessInstance? {
        guard let entry = recent[order.rawValue] ?? older[order.rawValue], entry.state == state else { return nil }
        return entry.instance
    }
}
