import Kernel
import Runtime

/// What a demo shows at its end.
struct DemoReport: Sendable {
    let ledger: DemoLedger.Summary
    /// Requests that were not answered 201.
    let refusals: Int
    let isComplete: Bool
    let elapsed: Duration
    let checks: [AuditCheck]

    var isClean: Bool { isComplete && refusals == 0 && checks.allSatisfy(\.holds) }

    private var seconds: Double { Double(elapsed.inMilliseconds) / 1000 }
    private var ordersPerSecond: Double { seconds > 0 ? Double(ledger.placed) / seconds : 0 }

    private var counts: [(StaticString, Int)] {
        [
            ("placed", ledger.placed), ("confirmed", ledger.confirmed), ("rejected", ledger.rejected),
            ("completed", ledger.completed), ("cancelled", ledger.cancelled),
            ("parcels_delivered", ledger.delivered), ("parcels_returned", ledger.returned), ("refused", refusals),
        ]
    }

    private static func percentile(_ sorted: [Int64], _ share: Double) -> Int64 {
        sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
    }

    private static func latencies(_ sorted: [Int64]) -> [Int64] {
        [0.5, 0.95, 0.99].map { percentile(sorted, $0) }
    }

    var text: String {
        let outcome = Terminal.table(
            counts.map { "\($0.0)".replacing("_", with: " ") }, [counts.map { String($0.1) }])
        let times = Terminal.table(
            ["milliseconds", "p50", "p95", "p99"],
            [("order to reserved", ledger.toReserved), ("order to delivered", ledger.toDelivered)].map { name, values in
                [name] + Self.latencies(values).map { String($0) }
            })
        let tenths = Int((ordersPerSecond * 10).rounded())
        let verdict =
            isClean
            ? "Clean: every order is terminal and every invariant holds."
            : "NOT clean: \(isComplete ? "" : "not every order is terminal; ")see the audit above."
        return [
            outcome, "", times, "", "\(tenths / 10).\(tenths % 10) orders/s over \(Int(seconds)) s", "",
            AuditCommand.text(checks), "", verdict,
        ].joined(separator: "\n")
    }

    var document: String {
        var json = JSONWriter()
        json.object { json in
            for (name, count) in counts { json.member(name, count) }
            json.member("order_to_reserved_ms", array: Self.latencies(ledger.toReserved)) { $0.integer($1) }
            json.member("order_to_delivered_ms", array: Self.latencies(ledger.toDelivered)) { $0.integer($1) }
            json.member("orders_per_second", ordersPerSecond)
            json.member("seconds", seconds)
            json.member("is_complete", isComplete)
            json.member("audit", unsafeRawJSON: AuditCommand.document(checks).utf8)
            json.member("is_clean", isClean)
        }
        return json.text
    }
}
