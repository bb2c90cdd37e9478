import Kernel
import Orders
import Signing

/// Reads what a shop sends to place an order.
enum OrderReading {
    /// - Throws: `invalid_request` with everything that is wrong with the form; what is wrong with the content is told
    ///   by the decision.
    static func read(_ call: Call) throws(Problem) -> PlaceOrder {
        let body = try call.object()
        let number = body.string("number", required: false, length: 1...64)
        let customer = body.string("customer", length: 1...128)
        let lines = body.objects("lines", count: PlaceOrder.lineCount, line)
        let discount = body.money("discount", required: false)
        let addressee = body.object("address").flatMap(addressee)
        let place = body.point("place", required: false)
        let paymentMethod = body.string("payment_method", length: 1...200)
        let holdID = body.id("hold_id", HoldKind.self, required: false)
        if let discount, let currency = lines?.first?.unitPrice.currency, discount.currency != currency {
            body.refuse("discount/currency", "must be the currency of the lines")
        }
        body.finish()
        guard body.isValid, let customer, let lines, let addressee, let paymentMethod, let caller = call.caller else {
            throw body.problem
        }
        var generator = SecureRandom()
        return PlaceOrder(
            client: caller.keyID.rawValue, number: number, customer: customer, lines: lines,
            discount: discount?.amount ?? 0, addressee: addressee, place: place, paymentMethod: paymentMethod,
            holdID: holdID, trackingToken: TrackingToken(from: &generator))
    }

    /// Goods have a `sku`, charges a `label`.
    private static func line(_ line: RequestObject) -> PlaceOrder.Line? {
        let quantity = line.int("quantity", in: PlaceOrder.quantity)
        let unitPrice = line.money("unit_price")
        let item: PlaceOrder.Line.Item?
        if line.has("label") {
            item = line.string("label", length: 1...200).map { .charge(label: $0) }
        } else {
            item = line.sku("sku").map { .goods(sku: $0.text) }
        }
        guard let quantity, let unitPrice, let item else { return nil }
        return PlaceOrder.Line(item: item, quantity: quantity, unitPrice: unitPrice)
    }

    private static func addressee(_ address: RequestObject) -> Addressee? {
        let name = address.string("name", length: 1...200)
        let street = address.string("street", length: 1...200)
        let city = address.string("city", length: 1...200)
        let postalCode = address.string("postal_code", required: false, length: 0...20)
        let country = address.country("country")
        let email = address.string("email", required: false, length: 3...254)
        address.finish()
        guard let name, let street, let city, let country else { return nil }
        return Addressee(
            name: name, street: street, city: city, postalCode: postalCode ?? "", country: country, email: email)
    }
}
