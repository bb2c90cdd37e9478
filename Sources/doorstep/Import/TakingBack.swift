import Kernel
import OnlineRetail
import Orders
import OrdersService
import Runtime

/// What 'C' invoices do: what is still here is cancelled, what was delivered is returned.
extension RetailReplay {
    private enum Outcome {
        case accepted
        /// It has left, or is about to: for the lines that remain.
        case tooLate([CancelUnits.Line])
        case notMade(String)
    }

    /// Of one wish, while something else holds it up.
    private static let patienceOfCustomers = Duration.seconds(30)

    func takeBack(_ back: RetailReturn, of sale: RetailInvoice, _ tally: ReplayTallyBox) async {
        guard await waits(until: { tally.value.isAnswered(sale.number) }), let id = tally.value.orders[sale.number]
        else {
            tally.update { $0.cancellationsNotMade["order_not_placed", default: 0] += 1 }
            return
        }
        let lines = RetailOrder.cancelledLines(back, of: sale)
        switch await cancel(id, lines, isWhole: back.isWhole, reason: "cancelled by invoice \(back.number)") {
        case .accepted: tally.update { $0.cancellationsAccepted += 1 }
        case .notMade(let code): tally.update { $0.cancellationsNotMade[code, default: 0] += 1 }
        case .tooLate(let lines):
            let code = await sendBack(id, lines, reason: "returned by invoice \(back.number)")
            tally.update { counts in
                if let code {
                    counts.cancellationsNotMade[code, default: 0] += 1
                } else {
                    counts.returnsRequested += 1
                }
            }
        }
    }

    private func cancel(
        _ id: OrderID, _ lines: [CancelUnits.Line], isWhole: Bool, reason: String
    ) async -> Outcome {
        let command: OrdersCommand =
            isWhole
            ? .cancelOrder(CancelOrder(orderID: id, reason: reason))
            : .cancelUnits(CancelUnits(orderID: id, lines: lines, reason: reason))
        let known = ledger.cancellationAnswers(of: id).count
        // What another cancellation or the reservation holds up is tried again.
        let refusal = await ask(command, whileRefusedAs: ["cancellation_pending", "not_reserved_yet"])
        if let refusal {
            let isTooLate = ["already_handed_over", "order_closed", "units_not_cancellable"].contains(refusal)
            return isTooLate ? .tooLate(lines) : .notMade(refusal)
        }
        guard await waits(until: { ledger.cancellationAnswers(of: id).count > known }) else {
            return .notMade("not_answered")
        }
        guard let refused = ledger.cancellationAnswers(of: id).refused else { return .accepted }
        return .tooLate(refused.isEmpty ? lines : Self.lines(of: refused))
    }

    private static func lines(of units: [UnitRange]) -> [CancelUnits.Line] {
        Dictionary(grouping: units, by: \.line).sorted { $0.key < $1.key }.map { line, ranges in
            CancelUnits.Line(line: line, quantity: ranges.unitCount)
        }
    }

    /// - Returns: why nothing is returned; `nil` when it is.
    private func sendBack(_ id: OrderID, _ lines: [CancelUnits.Line], reason: String) async -> String? {
        let command = RequestReturn(
            orderID: id, lines: lines.map { RequestReturn.Line(line: $0.line, quantity: $0.quantity) }, reason: reason)
        // It may be on its way still.
        return await ask(.requestReturn(command), whileRefusedAs: ["not_delivered", "units_not_returnable"])
    }

    /// Asks until the answer is none of those that may pass.
    ///
    /// - Returns: the code of the refusal; `nil` when it was accepted.
    private func ask(_ command: OrdersCommand, whileRefusedAs passing: Set<String>) async -> String? {
        let deadline = ContinuousClock.now + Self.patienceOfCustomers
        while true {
            let answer = await system.orders.mailbox.answer(to: command)
            guard case .rejected(let rejection) = answer else {
                if case .accepted = answer { return nil }
                return "not_answered"
            }
            guard passing.contains(rejection.code), ContinuousClock.now < deadline,
                (try? await Task.sleep(for: .milliseconds(20))) != nil
            else { return rejection.code }
        }
    }
}
