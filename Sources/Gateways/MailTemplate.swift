/// What customers are written, by the template's name and the facts that the effect carries.
enum MailTemplate {
    struct Text: Sendable, Equatable {
        let subject: String
        let body: String
    }

    /// - Parameters:
    ///   - name: for example `shipment_delivered`; names that are not known are written out as they are, since a mail
    ///     that says too little is better than none.
    ///   - order: the order's id.
    ///   - facts: `tracking_url` and others; known ones are named, the rest follow under their own names.
    static func text(_ name: String, order: String, recipient: String, facts: [String: String]) -> Text {
        let (subject, sentence) = sentences[name] ?? (plain(name), "There is news about your order: \(plain(name)).")
        var lines = ["Hello \(MailText.singleLine(recipient)),", "", sentence, "", "Order: \(order)"]
        for (fact, value) in facts.sorted(by: { $0.key < $1.key }) {
            lines.append("\(labels[fact] ?? plain(fact)): \(MailText.singleLine(value))")
        }
        return Text(subject: "\(subject) (\(order))", body: lines.joined(separator: "\n"))
    }

    private static func plain(_ name: String) -> String {
        let words = MailText.singleLine(name).replacing("_", with: " ")
        return words.prefix(1).uppercased() + words.dropFirst()
    }

    private static let labels = [
        "tracking_number": "Tracking number", "tracking_url": "Follow it here", "carrier": "Carrier",
        "amount": "Amount", "reason": "Reason", "eta": "Expected",
    ]

    private static let sentences: [String: (subject: String, sentence: String)] = [
        "order_placed": ("We have your order", "Thank you. We have your order and are checking our stock."),
        "order_confirmed": ("Your order is confirmed", "Your order is confirmed and goes to our warehouse now."),
        "order_rejected": (
            "We cannot deliver your order", "We are sorry: we cannot deliver your order. You have not been charged."
        ),
        "order_cancelled": ("Your order is cancelled", "Your order is cancelled."),
        "order_completed": ("Your order is complete", "Everything you ordered has arrived. Thank you."),
        "payment_refunded": ("Your refund", "We have sent money back to you."),
        "shipment_booked": ("Your parcel is being prepared", "A carrier will collect your parcel soon."),
        "shipment_accepted": ("Your parcel is with the carrier", "The carrier has your parcel."),
        "shipment_in_transit": ("Your parcel is on its way", "Your parcel is on its way."),
        "shipment_out_for_delivery": ("Your parcel comes today", "Your parcel is out for delivery."),
        "shipment_ready_for_pickup": ("Your parcel waits for you", "Your parcel is ready to be picked up."),
        "delivery_attempt_failed": (
            "We did not meet you", "The carrier could not hand your parcel over and will try again."
        ),
        "shipment_delivered": ("Your parcel has arrived", "Your parcel has been delivered."),
        "shipment_returning": ("Your parcel goes back", "The carrier could not deliver and brings your parcel back."),
        "shipment_returned": ("Your parcel came back", "Your parcel came back to us."),
        "shipment_lost": ("Your parcel is lost", "The carrier cannot find your parcel. We are sorry and take care."),
    ]
}
