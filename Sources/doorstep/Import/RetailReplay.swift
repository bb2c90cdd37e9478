import Kernel
import OnlineRetail
import Orders
import OrdersService
import Runtime
import Signing
import Warehouse
import WarehouseService

/// Replays invoices in the order of their dates: many orders at a time, never more than ``inFlightMax`` that are not
/// at their end.
struct RetailReplay: Sendable {
    static let inFlightMax = 1000
    /// Without any order coming to its end for so long, the replay gives up.
    static let patience = Duration.seconds(120)
    /// Per line and warehouse: enough to halve any quantity down to nothing.
    private static let correctionAttemptsMax = 40

    let file: RetailFile
    let shop: RetailShop
    let system: DoorstepSystem
    let ledger: ImportLedger
    /// Shop seconds per second; `nil` for as fast as possible.
    let speedup: Double?

    /// - Returns: what the system answered; returns when every order is at its end or nothing moves any more.
    func run() async -> ReplayTally {
        let tally = ReplayTallyBox()
        let invoices = Dictionary(file.invoices.map { ($0.number, $0) }) { first, _ in first }
        let returns = Dictionary(grouping: file.matching.returns, by: \.number)
        let start = ContinuousClock.now
        await withDiscardingTaskGroup { group in
            for invoice in file.invoices {
                await pace(invoice, since: start)
                if invoice.kind.isOrder {
                    guard await hasRoom(tally) else { break }
                    place(invoice, tally)
                }
                for (index, line) in invoice.corrections.enumerated() {
                    group.addTask { await correct(line, reference: "\(invoice.number)/\(index + 1)", tally) }
                }
                for back in returns[invoice.number] ?? [] {
                    guard let sale = invoices[back.sale] else { continue }
                    group.addTask { await takeBack(back, of: sale, tally) }
                }
            }
        }
        _ = await waits(until: {
            let summary = ledger.summary
            return summary.ended >= tally.value.accepted && tally.value.isAnswered
                && summary.returnsClosed >= summary.returnsRequested
        })
        return tally.value
    }

    private func pace(_ invoice: RetailInvoice, since start: ContinuousClock.Instant) async {
        guard let speedup, let first = file.invoices.first else { return }
        let seconds = Double((invoice.date - first.date).inMilliseconds) / 1000 / speedup
        try? await Task.sleep(until: start + .milliseconds(Int64(seconds * 1000)), clock: .continuous)
    }

    private func hasRoom(_ tally: ReplayTallyBox) async -> Bool {
        await waits(until: {
            let counts = tally.value
            return counts.asked - counts.refusedCount - ledger.summary.ended < Self.inFlightMax
        })
    }

    /// - Returns: `false` when nothing came to its end for ``patience``.
    func waits(until isReached: () -> Bool) async -> Bool {
        var ended = ledger.summary.ended + ledger.summary.returnsClosed
        var deadline = ContinuousClock.now + Self.patience
        while !isReached() {
            let now = ledger.summary.ended + ledger.summary.returnsClosed
            if now != ended {
                ended = now
                deadline = .now + Self.patience
            }
            guard ContinuousClock.now < deadline else { return false }
            guard (try? await Task.sleep(for: .milliseconds(5))) != nil else { return false }
        }
        return true
    }

    private func place(_ invoice: RetailInvoice, _ tally: ReplayTallyBox) {
        var random = SecureRandom()
        let command = RetailOrder.placement(of: invoice, token: TrackingToken(from: &random))
        tally.update { $0.asked += 1 }
        system.orders.mailbox.submit(
            Submission(.placeOrder(command)) { answer in
                tally.update { counts in
                    switch answer {
                    case .accepted(.placed(let receipt)):
                        counts.accepted += 1
                        counts.orders[invoice.number] = receipt.id
                    case .rejected(let rejection): counts.refuse(rejection.code, invoice.number)
                    case .unavailable(let fault): counts.refuse(fault.code, invoice.number)
                    case .accepted, .replayed, .keyReused, .parked: counts.refuse("unexpected", invoice.number)
                    }
                }
            })
    }

    /// What was found goes to the first warehouse; what was lost goes off wherever it is available.
    private func correct(_ line: RetailInvoice.Line, reference: String, _ tally: ReplayTallyBox) async {
        guard let product = shop.products[line.code] else {
            tally.update { $0.correctionsNotMade["unknown_product", default: 0] += 1 }
            return
        }
        var left = line.quantity
        var flaw = ""
        for warehouse in shop.warehouses where left != 0 {
            // An answer may say how much is available here; half is tried where it does not.
            var piece = left
            for attempt in 1...Self.correctionAttemptsMax where piece != 0 {
                let command = AdjustStock(
                    productID: product, warehouseID: warehouse, change: .delta(piece),
                    reference: "\(reference)-\(attempt)")
                switch await system.warehouse.mailbox.answer(to: .adjustStock(command)) {
                case .accepted:
                    left -= piece
                    piece = left
                case .rejected(WarehouseRejection.insufficientStock(let shortages)):
                    flaw = "insufficient_stock"
                    piece = -min(-piece, shortages.first?.available ?? 0)
                case .rejected(WarehouseRejection.invalidQuantity):
                    flaw = "invalid_quantity"
                    piece /= 2
                case .rejected(let rejection):
                    flaw = rejection.code
                    piece = 0
                case .unavailable, .replayed, .keyReused, .parked:
                    flaw = "not_answered"
                    piece = 0
                }
            }
        }
        tally.update { [left, flaw] counts in
            if left == 0 { counts.corrections += 1 } else { counts.correctionsNotMade[flaw, default: 0] += 1 }
        }
    }
}
