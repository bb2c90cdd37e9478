import Kernel
import OnlineRetail
import Runtime

/// What an import shows at its end.
struct ImportReport: Sendable {
    let file: RetailFile
    let tally: ReplayTally
    let ledger: ImportLedger.Summary
    let unrecordedReports: Int
    let elapsed: Duration
    let checks: [AuditCheck]

    /// Stock is made for all orders and every payment is granted: nothing may be refused or rejected.
    var isClean: Bool {
        tally.refused.isEmpty && tally.correctionsNotMade.isEmpty && unrecordedReports == 0 && ledger.rejected == 0
            && open == 0 && ledger.placed == tally.accepted && tally.accepted == ordersExpected
            && checks.allSatisfy(\.holds)
    }

    private var ordersExpected: Int { file.invoices.count { $0.kind.isOrder } }
    private var open: Int { tally.accepted - ledger.ended }
    private var seconds: Double { Double(elapsed.inMilliseconds) / 1000 }
    private var ordersPerSecond: Double { seconds > 0 ? Double(ledger.ended) / seconds : 0 }

    private func invoices(_ kind: RetailInvoice.Kind) -> Int { file.invoices.count { $0.kind == kind } }

    private var counts: [(name: String, count: Int)] {
        [
            ("rows", file.rows), ("rows malformed", file.malformedCount), ("invoices", file.invoices.count),
            ("invoices: sales", invoices(.sale)), ("invoices: charges only", invoices(.chargesOnly)),
            ("invoices: cancellations (C)", invoices(.cancellation)),
            ("invoices: adjustments (A), no order's business", invoices(.adjustment)),
            ("invoices: stock corrections", invoices(.stockCorrection)), ("products", file.products.count),
            ("orders placed", ledger.placed), ("orders refused at placement", tally.refusedCount),
            ("orders completed", ledger.completed), ("orders cancelled", ledger.cancelled),
            ("orders rejected", ledger.rejected), ("orders not at their end", open),
            ("parcels handed over", ledger.parcelsHandedOver), ("parcels delivered", ledger.parcelsDelivered),
            ("C lines of goods that belong to a sale", file.matching.matchedLines),
            ("C lines of goods without a sale in the file", file.matching.unmatchedLines),
            ("C lines of charges and discounts: not supported yet", file.matching.chargeLines),
            ("returns and cancellations of a sale", file.matching.returns.count),
            ("- accepted as cancellations", tally.cancellationsAccepted),
            ("- of these refused by the warehouse: it had left", ledger.cancellationsRefused),
            (
                "- too late (picked or gone): returns are not supported yet",
                tally.cancellationsNotMade.values.reduce(0, +)
            ),
            ("units cancelled, times", ledger.unitsCancelled), ("stock corrections made", tally.corrections),
            ("stock corrections not made", tally.correctionsNotMade.values.reduce(0, +)),
            ("courier reports not recorded", unrecordedReports),
        ]
    }

    private static let invented = """
        Invented: the weights of products, three warehouses, all stock (what is sold and written off, a tenth more and
        twelve pieces), customers' names and addresses, payments and couriers, who all say yes at once. Times are read
        as UTC. "Channel Islands" is taken for Jersey, "European Community" for Belgium, "Unspecified" for the
        United Kingdom.
        """

    /// The first lines of what is wrong, so that a broken file does not fill the screen.
    private static let detailsMax = 20

    private var details: [String] {
        let malformed = file.malformed.prefix(Self.detailsMax).map { "line \($0.line): \($0.flaw)" }
        let refused = tally.refused.prefix(Self.detailsMax).map { "invoice \($0.invoice) refused: \($0.code)" }
        let notMade = [
            ("cancellation not made", tally.cancellationsNotMade), ("correction not made", tally.correctionsNotMade),
        ]
        .flatMap { name, codes in codes.sorted { $0.key < $1.key }.map { "\(name): \($0.key) \($0.value)" } }
        return malformed + refused + notMade
    }

    var text: String {
        let tenths = Int((ordersPerSecond * 10).rounded())
        let table = Terminal.table(["what", "count"], counts.map { [$0.name, String($0.count)] })
        let verdict =
            isClean
            ? "Clean: every order is at its end and every invariant holds." : "NOT clean: see the counts and the audit."
        return
            ([table] + details + [
                "", "\(Int(seconds.rounded())) s, \(tenths / 10).\(tenths % 10) orders/s", "", Self.invented, "",
                AuditCommand.text(checks), "", verdict,
            ]).joined(separator: "\n")
    }
}
