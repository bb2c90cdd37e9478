import ArgumentParser

/// What an operator sets about orders and parcels.
struct LimitOptions: ParsableArguments {
    @Option(help: "How many seconds an order waits for its payment, its stock held, before it is rejected.")
    var paymentLimit = 24 * 3600

    @Option(help: "After how many seconds an order that is not fulfilled yet is flagged as late.")
    var lateAfter = 48 * 3600

    @Option(help: "The GS1 company prefix of the parcels' SSCCs, 4 to 12 digits.")
    var companyPrefix = "4012345"

    func validate() throws {
        guard (1...31_536_000).contains(paymentLimit) else {
            throw ValidationError("--payment-limit is 1 to 31,536,000 seconds")
        }
        guard (1...31_536_000).contains(lateAfter) else {
            throw ValidationError("--late-after is 1 to 31,536,000 seconds")
        }
        guard (4...12).contains(companyPrefix.utf8.count), companyPrefix.utf8.allSatisfy({ (48...57).contains($0) })
        else { throw ValidationError("--company-prefix is 4 to 12 digits") }
    }

    func apply(to configuration: inout SystemConfiguration) {
        configuration.orders.paymentLimit = .seconds(paymentLimit)
        configuration.orders.jeopardyAfter = .seconds(lateAfter)
        configuration.warehouse.companyPrefix = companyPrefix
    }
}
