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
            && open == 0 && ledger.returnsClosed == ledger.returnsRequested && ledger.placed == tally.accepted
            && tally.accepted == ordersExpected
            && checks.allSatisfy(\.holds)
    }

    private var ordersExpected: Int { file.invoices.count { $0.kind.isOrder } }
    private var open: Int { tally.accepted - ledger.ended }
    private var seconds: Double { Double(elapsed.inMilliseconds) / 1000 }
    private var ordersPerSecond: Double { seconds > 0 ? Double(ledger.ended) / seconds : 0 }

    private func invoices(_ kind: RetailInvoice.Kind) -> Int { file.invoices.count { $0.kind == kind } }

    /// How many of what: the name in the document, and the text for people.
    private var counts: [(name: StaticString, text: String, count: Int)] {
        [
            ("rows", "rows", file.rows), ("rows_malformed", "rows malformed", file.malformedCount),
            ("invoices", "invoices", file.invoices.count), ("sales", "invoices: sales", invoices(.sale)),
            ("charges_only", "invoices: charges only", invoices(.chargesOnly)),
            ("cancellations", "invoices: cancellations (C)", invoices(.cancellation)),
            ("adjustments", "invoices: adjustments (A), no order's business", invoices(.adjustment)),
            ("stock_corrections", "invoices: stock corrections", invoices(.stockCorrection)),
            ("products", "products", file.products.count), ("orders_placed", "orders placed", ledger.placed),
            ("orders_refused", "orders refused at placement", tally.refusedCount),
            ("orders_completed", "orders completed", ledger.completed),
            ("orders_cancelled", "orders cancelled", ledger.cancelled),
            ("orders_rejected", "orders rejected", ledger.rejected),
            ("orders_open", "orders not at their end", open),
            ("parcels_handed_over", "parcels handed over", ledger.parcelsHandedOver),
            ("parcels_delivered", "parcels delivered", ledger.parcelsDelivered),
            ("lines_matched", "C lines of goods that belong to a sale", file.matching.matchedLines),
            ("lines_unmatched", "C lines of goods without a sale in the file", file.matching.unmatchedLines),
            ("charge_lines", "C lines of charges and discounts: not supported yet", file.matching.chargeLines),
            ("returns_of_a_sale", "returns and cancellations of a sale", file.matching.returns.count),
            ("cancelled_before_leaving", "- cancelled before they left", tally.cancellationsAccepted),
            ("returned_after_delivery", "- returned after the delivery", tally.returnsRequested),
            (
                "neither_cancelled_nor_returned", "- neither", tally.cancellationsNotMade.values.reduce(0, +)
            ),
            (
                "cancellations_refused", "cancellations refused by the warehouse: it had left",
                ledger.cancellationsRefused
            ),
            ("returns_closed", "returns received, inspected and closed", ledger.returnsClosed),
            ("refunded_pence", "pence refunded for returns", Int(ledger.refunded)),
            ("units_cancelled_times", "units cancelled, times", ledger.unitsCancelled),
            ("corrections_made", "stock corrections made", tally.corrections),
            (
                "corrections_not_made", "stock corrections not made",
                tally.correctionsNotMade.values.reduce(0, +)
            ),
            ("reports_not_recorded", "courier reports not recorded", unrecordedReports),
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
            ("neither cancelled nor returned", tally.cancellationsNotMade),
            ("correction not made", tally.correctionsNotMade),
        ]
        .flatMap { name, codes in codes.sorted { $0.key < $1.key }.map { "\(name): \($0.key) \($0.value)" } }
        return malformed + refused + notMade
    }

    var text: String {
        let tenths = Int((ordersPerSecond * 10).rounded())
        let table = Terminal.table(["what", "count"], counts.map { [$0.text, String($0.count)] })
        let verdict =
            isClean
            ? "Clean: every order is at its end and every invariant holds." : "NOT clean: see the counts and the audit."
        return
            ([table] + details + [
                "", "\(Int(seconds.rounded())) s, \(tenths / 10).\(tenths % 10) orders/s", "", Self.invented, "",
                AuditCommand.text(checks), "", verdict,
            ]).joined(separator: "\n")
    }

    var document: String {
        var json = JSONWriter()
        json.object { json in
            for (name, _, count) in counts { json.member(name, count) }
            json.member("details", array: details) { $0.string($1) }
            json.member("seconds", seconds)
            json.member("orders_per_second", ordersPerSecond)
            json.member("audit", unsafeRawJSON: AuditCommand.document(checks).utf8)
            json.member("is_clean", isClean)
        }
        return json.text
    }
}
