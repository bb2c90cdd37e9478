import Orders
import Testing

@testable import Gateways

@Suite struct MailTemplateTests {
    @Test("Whatever a customer is told of has words of its own", arguments: CustomerStatus.allCases)
    func everyStatusHasItsWords(status: CustomerStatus) {
        #expect(MailTemplate.sentences[status.name] != nil, "no words for \(status.name)")
    }

    @Test("The customer reads the shop's number, why, and where to look")
    func facts() {
        let text = MailTemplate.text(
            "order.rejected", order: "ord_1", recipient: "Ada",
            facts: ["number": "536365", "tracking_token": "ab12", "reason": "out_of_stock"],
            trackingURL: "https://shop.example/track/")
        #expect(text.subject == "We cannot deliver your order (536365)")
        #expect(
            text.body == """
                Hello Ada,

                We are sorry: we cannot deliver your order. You have not been charged.

                Order: 536365
                Reason: It is sold out

                Follow it here: https://shop.example/track/ab12
                """)
    }

    @Test("Without a number the order's id stands in, and a customer's own reason is left as it is")
    func ownReason() {
        let text = MailTemplate.text(
            "order.cancelled", order: "ord_1", recipient: "Ada", facts: ["reason": "found it cheaper"], trackingURL: "")
        #expect(text.subject == "Your order is cancelled (ord_1)")
        #expect(text.body.hasSuffix("Order: ord_1\nReason: Found it cheaper"))
    }
}
