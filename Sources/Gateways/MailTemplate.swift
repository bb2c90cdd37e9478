/// What customers are written, by the template's name and the facts that the effect carries.
enum MailTemplate {
    struct Text: Sendable, Equatable {
        let subject: String
        let body: String
    }

    /// - Parameters:
    ///   - name: of a status that customers are told of, for example `shipment.delivered`; names that are not known are
    ///     written out as they are, since a mail that says too little is better than none.
    ///   - order: the order's id, for orders to which the shop gave no number of its own.
    ///   - facts: `number`, `tracking_token` and others; known ones are named, the rest follow under their own names.
    ///   - trackingURL: what the customer's tracking page begins with, before the token.
    static func text(
        _ name: String, order: String, recipient: String, facts: [String: String], trackingURL: String
    ) -> Text {
        let (subject, sentence) = sentences[name] ?? (plain(name), "There is news about your order: \(plain(name)).")
        var facts = facts.mapValues(MailText.singleLine)
        let number = facts.removeValue(forKey: "number") ?? order
        let token = facts.removeValue(forKey: "tracking_token")
        facts["reason"] = facts["reason"].map { reasons[$0] ?? plain($0) }
        var lines = ["Hello \(MailText.singleLine(recipient)),", "", sentence, "", "Order: \(number)"]
        for (fact, value) in facts.sorted(by: { $0.key < $1.key }) {
            lines.append("\(labels[fact] ?? plain(fact)): \(value)")
        }
        if let token { lines += ["", "Follow it here: \(trackingURL)\(token)"] }
        return Text(subject: "\(subject) (\(number))", body: lines.joined(separator: "\n"))
    }

    private static func plain(_ name: String) -> String {
        let words = MailText.singleLine(name).replacing("_", with: " ").replacing(".", with: " ")
        return words.prefix(1).uppercased() + words.dropFirst()
    }

    private static let labels = [
        "tracking_number": "Tracking number", "carrier": "Carrier", "reason": "Reason",
        "units": "Pieces that will not come",
    ]

    private static let reasons = [
        "out_of_stock": "It is sold out", "payment_declined": "The payment was declined",
        "payment_timeout": "The payment was not confirmed in time", "nothing_to_ship": "Nothing was left to send",
    ]

    static let sentences: [String: (subject: String, sentence: String)] = [
        "order.confirmed": ("Your order is confirmed", "Your order is confirmed and goes to our warehouse now."),
        "order.rejected": (
            "We cannot deliver your order", "We are sorry: we cannot deliver your order. You have not been charged."
        ),
        "order.cancelled": ("Your order is cancelled", "Your order is cancelled. You have not been charged."),
        "order.units_cancelled": (
            "A part of your order is cancelled", "A part of your order is cancelled. You only pay for what comes."
        ),
        "order.refunded": ("Your refund", "We have sent money back to you."),
        "order.completed": ("Your order is complete", "Everything that was to come has arrived. Thank you."),
        "shipment.accepted": ("Your parcel is with the carrier", "The carrier has your parcel."),
        "shipment.in_transit": ("Your parcel is on its way", "Your parcel is on its way."),
        "shipment.out_for_delivery": ("Your parcel comes today", "Your parcel is out for delivery."),
        "shipment.ready_for_pickup": ("Your parcel waits for you", "Your parcel is ready to be picked up."),
        "shipment.on_hold": ("Your parcel is held up", "The carrier holds your parcel up for a while."),
        "shipment.attempt_failed": ("We did not meet you", "The carrier could not hand your parcel over."),
        "shipment.delivered": ("Your parcel has arrived", "Your parcel has been delivered."),
        "shipment.returning": ("Your parcel goes back", "The carrier could not deliver and brings your parcel back."),
        "shipment.returned": ("Your parcel came back", "Your parcel came back to us."),
        "shipment.lost": ("Your parcel is lost", "The carrier cannot find your parcel. We are sorry and take care."),
    ]
}
