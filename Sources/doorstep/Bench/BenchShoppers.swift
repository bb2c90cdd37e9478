import Contracts
import Foundation
import Kernel
import OrdersService
import Runtime
import Synchronization

/// Places orders from a thread of its own, as fast as they come to their end: never more than a number of them are
/// under way.
final class BenchShoppers: CommitObserver {
    struct Tally: Sendable {
        var placed = 0
        var refused = 0
        var completed = 0
        var rejected = 0
        var cancelled = 0

        var ended: Int { completed + rejected + cancelled }
    }

    private let tally = Mutex(Tally())
    private let room = Signal()

    var counts: Tally { tally.withLock { $0 } }

    func committed(_ record: CommitRecord) {
        guard record.topic == .orders else { return }
        let hasEnded = tally.withLock { tally in
            let before = tally.ended
            for envelope in record.appended {
                switch envelope.event {
                case .orders(.orderCreated): tally.placed += 1
                case .orders(.orderCompleted): tally.completed += 1
                case .orders(.orderRejected): tally.rejected += 1
                case .orders(.orderCancelled): tally.cancelled += 1
                default: break
                }
            }
            return tally.ended > before
        }
        if hasEnded { room.raise() }
    }

    /// Places orders until so many were sent and all are at their end.
    ///
    /// - Parameters:
    ///   - marks: told with the number of orders at their end, after each commit that brought some there.
    /// - Throws: `bench_stalled` when no order came to its end for a minute.
    func run(
        _ numbers: Range<Int>, inFlightMax: Int, shop: BenchShop, in system: DoorstepSystem,
        marks: (Int) -> Void = { _ in }
    ) throws(Fault) {
        let before = counts
        var next = numbers.lowerBound
        var lastProgress = (ended: before.ended, at: ContinuousClock.now)
        while true {
            let now = counts
            let answered = now.ended + now.refused - before.ended - before.refused
            if now.ended != lastProgress.ended {
                lastProgress = (now.ended, .now)
                marks(now.ended)
            }
            if answered == numbers.count { return }
            guard ContinuousClock.now - lastProgress.at < .seconds(60) else {
                throw Fault("bench_stalled", retryable: false, "\(now)")
            }
            while next < numbers.upperBound, next - numbers.lowerBound - answered < inFlightMax {
                place(next, shop, system)
                next += 1
            }
            room.wait(atMost: .milliseconds(200))
        }
    }

    /// Places orders at a steady rate until the time is over and all are at their end.
    ///
    /// - Throws: `bench_stalled` when no order came to its end for a minute.
    func run(perSecond rate: Int, seconds: Int, shop: BenchShop, in system: DoorstepSystem) throws(Fault) {
        let start = ContinuousClock.now
        let count = rate * seconds
        var next = 0
        var lastProgress = (ended: 0, at: start)
        while counts.ended + counts.refused < count {
            if counts.ended != lastProgress.ended { lastProgress = (counts.ended, .now) }
            guard ContinuousClock.now - lastProgress.at < .seconds(60) else {
                throw Fault("bench_stalled", retryable: false, "\(counts)")
            }
            let due = min(count, Int((ContinuousClock.now - start).inMicroseconds * Double(rate) / 1_000_000))
            while next < due {
                place(next, shop, system)
                next += 1
            }
            room.wait(atMost: .milliseconds(5))
        }
    }

    private func place(_ number: Int, _ shop: BenchShop, _ system: DoorstepSystem) {
        let (order, key) = shop.placement(number)
        system.orders.mailbox.submit(
            Submission(.placeOrder(order), idempotency: key, render: BenchShop.rendered) { [self] answer in
                if case .accepted = answer { return }
                tally.withLock { $0.refused += 1 }
                room.raise()
            })
    }
}
