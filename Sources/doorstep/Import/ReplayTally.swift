import Kernel
import Synchronization

/// What the system answered to a replay.
struct ReplayTally: Sendable {
    /// Orders that were sent.
    var asked = 0
    var accepted = 0
    /// Orders that were refused at the door: code and invoice.
    var refused: [(code: String, invoice: String)] = []
    var orders: [String: OrderID] = [:]
    var cancellationsAccepted = 0
    /// What had been delivered before it came back.
    var returnsRequested = 0
    /// Neither cancelled nor returned, by code.
    var cancellationsNotMade: [String: Int] = [:]
    var corrections = 0
    var correctionsNotMade: [String: Int] = [:]

    private var refusedInvoices: Set<String> = []

    var refusedCount: Int { refused.count }
    var isAnswered: Bool { accepted + refused.count == asked }

    func isAnswered(_ invoice: String) -> Bool { orders[invoice] != nil || refusedInvoices.contains(invoice) }

    mutating func refuse(_ code: String, _ invoice: String) {
        refused.append((code, invoice))
        refusedInvoices.insert(invoice)
    }
}

/// A tally that several threads write.
final class ReplayTallyBox: Sendable {
    private let state = Mutex(ReplayTally())

    var value: ReplayTally { state.withLock { $0 } }

    func update(_ change: (inout ReplayTally) -> Void) { state.withLock { change(&$0) } }
}
