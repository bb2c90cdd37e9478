import Kernel
import Testing

/// A small shop: every piece costs the same, so that values can be counted in pieces.
enum Shop {
    static let skus = (1...6).map { "ITEM-\($0)" }
    static let unitPrice: Int64 = 990
    static let piecesPerWarehouse = 50_000
    static let warehouses = [("BER", "DE", 52.52, 13.40), ("LYS", "FR", 45.76, 4.84)]

    static var piecesReceived: Int64 { Int64(skus.count * warehouses.count * piecesPerWarehouse) }

    /// Registers products and warehouses and fills the shelves.
    static func open(_ requester: Requester) async throws {
        for sku in skus {
            let made = try await requester.post(
                "/v1/products", #"{"sku": "\#(sku)", "name": "\#(sku)", "weight_grams": 400}"#, key: "product-\(sku)")
            try #require(made.status == 201, "\(made.text)")
        }
        for (code, country, latitude, longitude) in warehouses {
            let site = try await requester.post(
                "/v1/warehouses",
                """
                {"code": "\(code)", "name": "\(code)", "country": "\(country)",
                 "place": {"lat": \(latitude), "lng": \(longitude)}}
                """, key: "site-\(code)")
            let id = try #require(site.json["id"]?.string, "\(site.text)")
            let lines = skus.map { #"{"sku": "\#($0)", "quantity": \#(piecesPerWarehouse)}"# }
            // Warehouse learns products from Orders' events, a moment later.
            try await eventuallyTrue("goods in \(code)") {
                let received = try await requester.post(
                    "/v1/stock/receive",
                    #"{"warehouse_id": "\#(id)", "reference": "first", "lines": [\#(lines.joined(separator: ","))]}"#,
                    key: "first-\(code)")
                return received.status == 200
            }
        }
    }

    /// The order with this number: the same number and seed make the same order.
    static func order(_ number: Int, seed: UInt64) -> String {
        var random = SeededGenerator(seed: seed &+ UInt64(number) &* 7919)
        let lines = (0...Int(random.next() % 2)).map { line in
            let sku = skus[(Int(random.next() % UInt64(skus.count / 2))) * 2 + line]
            return """
                {"sku": "\(sku)", "quantity": \(random.next() % 3 + 1),
                 "unit_price": {"amount": \(unitPrice), "currency": "EUR"}}
                """
        }
        return """
            {"customer": "c-\(number)", "number": "n-\(number)", "lines": [\(lines.joined(separator: ","))],
             "address": {"name": "A. Customer", "street": "Main Street 1", "city": "Town", "postal_code": "10115",
                         "country": "\(random.chance(0.7) ? "DE" : "FR")", "email": "c\(number)@shop.example"},
             "payment_method": "\(random.chance(0.05) ? "tok_declined" : "tok_ok")"}
            """
    }
}
