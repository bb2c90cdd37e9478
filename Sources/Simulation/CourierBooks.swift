import Contracts
import Kernel
import Ports

/// One courier's own books: labels by our reference.
struct CourierBooks {
    struct Label {
        let shipment: ShipmentID
        let order: OrderID
        let fulfillment: FulfillmentID
        let trackingNumber: String
        var isVoid = false
        var isCollected = false
    }

    let code: String
    private(set) var labels: [String: Label] = [:]
    private var answers: [String: EffectOutcome] = [:]
    private(set) var violations: [String] = []

    init(code: String) { self.code = code }

    func lookUp(_ reference: String) -> EffectOutcome? { answers[reference] }

    mutating func book(_ booking: ShipmentBooking, reference: String, isWilling: Bool) -> EffectOutcome {
        if let known = answers[reference] { return known }
        let answer: EffectOutcome
        if isWilling {
            let number = "\(code.prefix(2).uppercased())\(labels.count + 1)"
            if labels.values.contains(where: { $0.shipment == booking.shipmentID && !$0.isVoid }) {
                violations.append("\(code): a second label for \(booking.shipmentID)")
            }
            labels[reference] = Label(
                shipment: booking.shipmentID, order: booking.orderID, fulfillment: booking.fulfillmentID,
                trackingNumber: number)
            answer = .done(.shipment(trackingNumber: number, price: Money(490, .eur)))
        } else {
            answer = .refused(code: "not_served", detail: "the courier does not want this parcel")
        }
        answers[reference] = answer
        return answer
    }

    mutating func void(_ booking: String, reference: String) -> EffectOutcome {
        if let known = answers[reference] { return known }
        if labels[booking] == nil { violations.append("\(code): \(booking) was never booked and is to be voided") }
        if labels[booking]?.isCollected == true {
            violations.append("\(code): \(booking) is collected and to be voided")
        }
        labels[booking]?.isVoid = true
        answers[reference] = .done(.acknowledged)
        return .done(.acknowledged)
    }

    /// - Returns: the label's tracking number.
    mutating func collect(_ fulfillment: FulfillmentID) -> String? {
        guard
            let reference = labels.first(where: { $0.value.fulfillment == fulfillment && !$0.value.isVoid })?.key
        else { return nil }
        if labels[reference]?.isCollected == true { violations.append("\(fulfillment) was handed over twice") }
        labels[reference]?.isCollected = true
        return labels[reference]?.trackingNumber
    }
}
