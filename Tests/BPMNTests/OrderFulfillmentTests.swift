import BPMN
import Kernel
import Testing

/// Paths through the real file, as talks between the process and the services.
@Suite("Order fulfillment")
struct OrderFulfillmentTests {
    private func order(goods: Bool = true, amount: Bool = true) throws -> Conversation {
        try Conversation(
            try Models.orderFulfillment(), "order-fulfillment",
            [
                "hasGoods": .boolean(goods), "hasAmount": .boolean(amount), "jeopardyAfter": "PT48H",
                "paymentLimit": "PT24H",
            ])
    }

    /// Reserved, paid, confirmed, with these fulfillments running.
    private func confirmed(_ fulfillments: [Int64]) throws -> Conversation {
        var talk = try order()
        try talk.done("reserve-stock", ["fulfillments": .list(fulfillments.map(FEELValue.integer))])
        try talk.done("authorize-payment")
        try talk.done("confirm-order")
        return talk
    }

    private func handOver(_ talk: inout Conversation, _ id: Int64) throws {
        let key = FEELValue.integer(id)
        try talk.done("pick-and-pack", where: "fulfillment", is: key)
        try talk.done("book-shipment", where: "fulfillment", is: key)
        try talk.message("handed-over", key, ["shipped": true])
        try talk.say(.setVariables(["handedOver": 1]))
    }

    private func deliver(_ talk: inout Conversation, _ id: Int64) throws {
        try handOver(&talk, id)
        try talk.done("capture-payment", where: "fulfillment", is: .integer(id))
        try talk.message("delivered", .integer(id))
    }

    private func settleAndComplete(_ talk: inout Conversation) throws {
        try talk.done("settle-payment")
        try talk.done("complete-order")
        #expect(talk.instance.endedAt == ["order-completed"])
        #expect(talk.outputs.last == .completed)
    }

    @Test("Two fulfillments are delivered and the order completes")
    func twoFulfillments() throws {
        var talk = try order()
        #expect(talk.jobs == ["reserve-stock"])
        try talk.done("reserve-stock", ["fulfillments": [7, 8]])
        #expect(talk.jobs == ["authorize-payment"])
        try talk.done("authorize-payment")
        try talk.done("confirm-order")
        #expect(talk.jobs == ["pick-and-pack", "pick-and-pack"])
        #expect(talk.instance.tokens["pick-and-pack"] == 2)
        try deliver(&talk, 8)
        #expect(talk.jobs == ["pick-and-pack"])
        try deliver(&talk, 7)
        try settleAndComplete(&talk)
        #expect(!talk.asked.contains("cancel-order"))
    }

    @Test("Out of stock: rejected, nothing to undo")
    func outOfStock() throws {
        var talk = try order()
        try talk.refused("reserve-stock", with: "out-of-stock")
        #expect(talk.jobs == ["reject-order"])
        try talk.done("reject-order")
        #expect(talk.instance.endedAt == ["order-rejected"])
        #expect(talk.asked == ["reserve-stock", "reject-order"])
    }

    @Test("Payment declined: the stock is released before the order is rejected")
    func declined() throws {
        var talk = try order()
        try talk.done("reserve-stock", ["fulfillments": [7]])
        try talk.refused("authorize-payment", with: "payment-declined")
        #expect(talk.jobs == ["release-stock"])
        try talk.done("release-stock")
        try talk.done("reject-order")
        #expect(talk.instance.endedAt == ["order-rejected"])
        #expect(!talk.asked.contains("void-payment"))
    }

    @Test("Payment takes too long: the job is taken back")
    func paymentTimeOut() throws {
        var talk = try order()
        try talk.done("reserve-stock", ["fulfillments": [7]])
        try talk.wait(.seconds(24 * 3600 - 1))
        #expect(talk.jobs == ["authorize-payment"])
        #expect(talk.instance.nextDueAt == talk.now + .seconds(1))
        try talk.wait(.seconds(1))
        #expect(talk.cancelled == ["authorize-payment"])
        try talk.done("release-stock")
        try talk.done("reject-order")
        #expect(talk.instance.endedAt == ["order-rejected"])
        #expect(talk.instance.nextDueAt == nil)
    }

    @Test("Cancelled while waiting for the payment")
    func cancelledBeforeFulfillment() throws {
        var talk = try order()
        try talk.done("reserve-stock", ["fulfillments": [7]])
        try talk.message("order-cancelled")
        #expect(talk.cancelled == ["authorize-payment"])
        #expect(talk.jobs == ["release-stock"])
        try talk.done("release-stock")
        try talk.done("cancel-order")
        #expect(talk.instance.endedAt == ["order-cancelled"])
    }

    @Test("Cancelled while a declined payment is being undone: the stock is still released, by whoever is last")
    func cancelledDuringUndo() throws {
        var talk = try order()
        try talk.done("reserve-stock", ["fulfillments": [7]])
        try talk.refused("authorize-payment", with: "payment-declined")
        try talk.message("order-cancelled")
        #expect(talk.cancelled == ["release-stock"])
        #expect(talk.jobs == ["release-stock"])
        try talk.done("release-stock")
        try talk.done("cancel-order")
        #expect(talk.instance.endedAt == ["order-cancelled"])
    }

    @Test("Cancelled after confirmation: payment is undone before stock")
    func compensationOrder() throws {
        var talk = try order()
        try talk.done("reserve-stock", ["fulfillments": [7]])
        try talk.done("authorize-payment")
        try talk.message("order-cancelled")
        #expect(talk.jobs == ["void-payment"])
        try talk.done("void-payment")
        #expect(talk.jobs == ["release-stock"])
        try talk.done("release-stock")
        try talk.done("cancel-order")
        #expect(talk.instance.isEnded)
    }

    @Test("All fulfillments stopped: each undoes its own, then the order is undone and cancelled")
    func cancelledWithinFulfillments() throws {
        var talk = try confirmed([7, 8])
        try talk.done("pick-and-pack", where: "fulfillment", is: 7)
        try talk.done("book-shipment", where: "fulfillment", is: 7)
        try talk.message("fulfillment-cancelled", 7)
        #expect(talk.instance.job(type: "cancel-shipment")?.variables["fulfillment"] == 7)
        try talk.done("cancel-shipment")
        try talk.done("put-back")
        try talk.message("fulfillment-cancelled", 8)
        #expect(talk.cancelled == ["pick-and-pack"])
        try talk.done("void-payment")
        try talk.done("release-stock")
        try talk.done("cancel-order")
        #expect(talk.instance.endedAt == ["order-unfulfilled"])
        #expect(talk.asked.filter { $0 == "put-back" }.count == 1)
        #expect(talk.asked.filter { $0 == "cancel-shipment" }.count == 1)
    }

    @Test("One stopped, one handed over: the order completes")
    func partlyCancelled() throws {
        var talk = try confirmed([7, 8])
        try talk.message("fulfillment-cancelled", 7)
        try deliver(&talk, 8)
        try settleAndComplete(&talk)
    }

    @Test("After handover a fulfillment takes no cancellation")
    func pivot() throws {
        var talk = try confirmed([7])
        try handOver(&talk, 7)
        #expect(throws: EngineRejection.noSubscription(name: "fulfillment-cancelled", key: 7)) {
            try talk.message("fulfillment-cancelled", 7)
        }
    }

    @Test("Short pick: the rest is packed here, the remainder comes from elsewhere")
    func shortPickResourced() throws {
        var talk = try confirmed([7])
        try talk.refused("pick-and-pack", with: "short-pick", ["remaining": 2])
        #expect(talk.jobs.sorted() == ["pack-rest", "resource-remainder"])
        try talk.done("resource-remainder", ["remainders": [9]])
        #expect(talk.instance.job(type: "pick-and-pack", where: "fulfillment", equals: 9) != nil)
        try talk.done("pack-rest")
        try talk.done("book-shipment", where: "fulfillment", is: 7)
        try talk.message("handed-over", 7, ["shipped": true])
        try talk.say(.setVariables(["handedOver": 1]))
        try talk.done("capture-payment", where: "fulfillment", is: 7)
        try talk.message("delivered", 7)
        #expect(!talk.jobs.contains("settle-payment"))
        try deliver(&talk, 9)
        try settleAndComplete(&talk)
    }

    @Test("Stopping the first part leaves its remainder alone")
    func remainderSurvives() throws {
        var talk = try confirmed([7])
        try talk.refused("pick-and-pack", with: "short-pick", ["remaining": 2])
        try talk.done("resource-remainder", ["remainders": [9]])
        try talk.done("pack-rest")
        try talk.message("fulfillment-cancelled", 7)
        try talk.done("put-back", where: "fulfillment", is: 7)
        try deliver(&talk, 9)
        try settleAndComplete(&talk)
    }

    @Test("Short pick, no other stock: exactly those units are cancelled")
    func shortPickUnsourced() throws {
        var talk = try confirmed([7])
        try talk.refused("pick-and-pack", with: "short-pick", ["remaining": 1])
        try talk.refused("resource-remainder", with: "out-of-stock")
        try talk.done("cancel-units", where: "fulfillment", is: 7)
        try talk.done("pack-rest")
        try talk.done("book-shipment")
        try talk.message("handed-over", 7, ["shipped": true])
        try talk.say(.setVariables(["handedOver": 1]))
        try talk.done("capture-payment")
        try talk.message("delivered", 7)
        try settleAndComplete(&talk)
    }

    @Test("Nothing picked and nothing elsewhere: the order is undone")
    func nothingPicked() throws {
        var talk = try confirmed([7])
        try talk.refused("pick-and-pack", with: "short-pick", ["remaining": 0])
        #expect(talk.jobs == ["resource-remainder"])
        try talk.refused("resource-remainder", with: "out-of-stock")
        try talk.done("cancel-units")
        try talk.done("void-payment")
        try talk.done("release-stock")
        try talk.done("cancel-order")
        #expect(talk.instance.endedAt == ["order-unfulfilled"])
        #expect(!talk.asked.contains("put-back"))
    }

    @Test("No carrier takes it: put back, units cancelled")
    func bookingFailed() throws {
        var talk = try confirmed([7, 8])
        try talk.done("pick-and-pack", where: "fulfillment", is: 7)
        try talk.refused("book-shipment", with: "booking-failed", where: "fulfillment", is: 7)
        try talk.done("put-back", where: "fulfillment", is: 7)
        try talk.done("cancel-units", where: "fulfillment", is: 7)
        try deliver(&talk, 8)
        try settleAndComplete(&talk)
        #expect(!talk.asked.contains("cancel-shipment"))
    }

    @Test("A return is refunded only after it was restocked")
    func returned() throws {
        var talk = try confirmed([7])
        try handOver(&talk, 7)
        try talk.done("capture-payment")
        try talk.message("returned", 7)
        #expect(talk.jobs.isEmpty)
        try talk.message("restocked", 7)
        try talk.done("refund-payment")
        try settleAndComplete(&talk)
    }

    @Test("A lost parcel is refunded")
    func lost() throws {
        var talk = try confirmed([7])
        try handOver(&talk, 7)
        try talk.done("capture-payment")
        try talk.message("lost", 7)
        try talk.done("refund-payment")
        try settleAndComplete(&talk)
    }

    @Test("Delivered before it was paid: the message finds nobody and comes again")
    func deliveredBeforeCapture() throws {
        var talk = try confirmed([7])
        try handOver(&talk, 7)
        let before = talk.instance
        #expect(throws: EngineRejection.noSubscription(name: "delivered", key: 7)) {
            try talk.message("delivered", 7)
        }
        #expect(talk.instance == before)
        try talk.done("capture-payment")
        try talk.message("delivered", 7)
        try settleAndComplete(&talk)
    }

    @Test("A late order is flagged and goes on")
    func jeopardy() throws {
        var talk = try confirmed([7])
        try talk.wait(.seconds(48 * 3600))
        #expect(talk.jobs == ["pick-and-pack", "raise-jeopardy"])
        try talk.done("raise-jeopardy")
        #expect(talk.instance.nextDueAt == nil)
        try deliver(&talk, 7)
        #expect(talk.instance.tokens["settle-payment"] == 1)
        try talk.done("settle-payment")
        try talk.done("complete-order")
        #expect(talk.instance.endedAt == ["jeopardy-raised", "order-completed"])
    }

    @Test("Nothing to ship: charges are captured at once")
    func chargesOnly() throws {
        var talk = try order(goods: false)
        #expect(talk.jobs == ["authorize-payment"])
        try talk.done("authorize-payment")
        try talk.done("confirm-order")
        try talk.done("capture-charges")
        try settleAndComplete(&talk)
        #expect(!talk.asked.contains("reserve-stock"))
    }

    @Test("Nothing to pay: no authorization is asked for")
    func free() throws {
        var talk = try order(amount: false)
        try talk.done("reserve-stock", ["fulfillments": [7]])
        #expect(talk.jobs == ["confirm-order"])
    }

    @Test("Every side effect before the pivot has its compensation, as the loader checks")
    func saga() throws {
        let model = try ProcessModel(xml: try Models.bytes("processes/order-fulfillment.bpmn"))
        let compensable = ["reserve-stock", "authorize-payment", "pick-and-pack", "pack-rest", "book-shipment"]
        _ = try CompiledModel(model) { compensable.contains($0) ? .compensable : .none }
        let refusal = #expect(throws: ModelRefused.self) {
            _ = try CompiledModel(model) { $0 == "confirm-order" ? .compensable : .none }
        }
        #expect(refusal?.problems.map(\.elementID) == ["confirm-order"])
        // After the pivot nothing needs one.
        _ = try CompiledModel(model) { $0 == "settle-payment" ? .afterPivot : .none }
    }
}
