import Kernel
import Testing

/// What an operator sets when the server is started.
@Suite struct LimitTests {
    @Test func anOrderThatIsNotPaidInTimeIsRejectedAndItsStockReturns() async throws {
        var options = Installation.Options()
        options.serve = ["--payment-limit", "1"]
        try await Installation.with(options) { installation in
            try await installation.setFaults("payments", #"{"outage": "unavailable"}"#)
            let shop = installation.shop
            let placed = try await shop.post("/v1/orders", Shop.order(1, seed: 1), key: "late")
            let id = try #require(placed.json["id"]?.string, "\(placed.text)")
            try await eventuallyTrue("the end of its patience") {
                try await shop.get("/v1/orders/\(id)").json["status"]?.string == "rejected"
            }
            #expect(try await shop.get("/v1/orders/\(id)").json["reason"]?.string == "payment_timeout")
            try await eventuallyTrue("its stock back on the shelf") {
                let stock = try await shop.get("/v1/stock?limit=200").json["data"]?.array ?? []
                return !stock.isEmpty && stock.allSatisfy { $0["allocated"]?.integer == 0 }
            }
            try await installation.clearFaults("payments")
            try await installation.settle()
            try await installation.stopServer()
            try await installation.expectCleanAudit()
        }
    }

    @Test func parcelsCarryTheCompanysPrefix() async throws {
        var options = Installation.Options()
        options.serve = ["--company-prefix", "7613024"]
        try await Installation.with(options) { installation in
            let shop = installation.shop
            let order = Shop.order(2, seed: 2).replacing("tok_declined", with: "tok_ok")
            let placed = try await shop.post("/v1/orders", order, key: "one")
            let id = try #require(placed.json["id"]?.string, "\(placed.text)")
            var codes: [String] = []
            try await eventuallyTrue("a parcel") {
                let fulfillments = try await shop.get("/v1/orders/\(id)").json["fulfillments"]?.array ?? []
                for fulfillment in fulfillments.compactMap({ $0["id"]?.string }) {
                    let packages = try await shop.get("/v1/fulfillments/\(fulfillment)").json["packages"]?.array
                    codes += (packages ?? []).compactMap { $0["sscc"]?.string }
                }
                return !codes.isEmpty
            }
            for code in codes {
                let sscc = try #require(SSCC(code), "\(code) has a wrong check digit")
                #expect(sscc.digits.dropFirst().hasPrefix("7613024"))
            }
        }
    }
}
