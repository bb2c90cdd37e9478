import Kernel

/// An order as a shop sends it.
enum DemoOrder {
    static let sample = body(
        lines: [("MUG-RED", 2, 1290)], country: "DE", city: "Hamburg", method: "tok_ok")

    static func body(
        lines: [(sku: String, quantity: Int, price: Int64)], country: String, city: String, method: String
    ) -> String {
        var json = JSONWriter()
        json.object { json in
            json.member("customer", "cus_1")
            json.member("lines", array: lines) { json, line in
                json.object { json in
                    json.member("sku", line.sku)
                    json.member("quantity", line.quantity)
                    json.member("unit_price", Money(line.price, .eur))
                }
            }
            json.member("address") { json in
                json.member("name", "A. Customer")
                json.member("street", "Main Street 1")
                json.member("city", city)
                json.member("postal_code", "10115")
                json.member("country", country)
                json.member("email", "customer@shop.example")
            }
            json.member("payment_method", method)
        }
        return json.text
    }
}
