import Kernel

/// Why an order is not accepted. Lines count from 1.
public enum PlaceOrderRejection: Rejection {
    case lineCountOutOfRange(Int)
    case quantityOutOfRange(line: Int, Int)
    case priceOutOfRange(line: Int, Int64)
    case invalidLabel(line: Int)
    case mixedCurrencies(line: Int)
    case invalidNumber
    case invalidCustomer
    case invalidAddress(member: String)
    case unknownCountry(String)
    case invalidPaymentMethod
    case unknownProduct(line: Int, sku: String)
    case amountTooLarge
    case discountOutOfRange(Int64)
    case duplicateNumber(String)

    public var code: String {
        switch self {
        case .lineCountOutOfRange: "line_count_out_of_range"
        case .quantityOutOfRange: "quantity_out_of_range"
        case .priceOutOfRange: "price_out_of_range"
        case .invalidLabel: "invalid_label"
        case .mixedCurrencies: "mixed_currencies"
        case .invalidNumber: "invalid_number"
        case .invalidCustomer: "invalid_customer"
        case .invalidAddress: "invalid_address"
        case .unknownCountry: "unknown_country"
        case .invalidPaymentMethod: "invalid_payment_method"
        case .unknownProduct: "unknown_product"
        case .amountTooLarge: "amount_too_large"
        case .discountOutOfRange: "discount_out_of_range"
        case .duplicateNumber: "duplicate_number"
        }
    }

    public var detail: String {
        switch self {
        case .lineCountOutOfRange(let count):
            "\(count) lines; an order has \(PlaceOrder.lineCount.lowerBound)–\(PlaceOrder.lineCount.upperBound)."
        case .quantityOutOfRange(let line, let quantity):
            "Line \(line): quantity \(quantity) is outside \(PlaceOrder.quantity.lowerBound)–"
                + "\(PlaceOrder.quantity.upperBound)."
        case .priceOutOfRange(let line, let price):
            "Line \(line): a unit price of \(price) minor units is out of range."
        case .invalidLabel(let line): "Line \(line): a charge needs a label of 1–200 characters."
        case .mixedCurrencies(let line): "Line \(line) has another currency than line 1."
        case .invalidNumber: "The shop's order number has 1–64 printable ASCII characters."
        case .invalidCustomer: "The customer reference has 1–128 characters."
        case .invalidAddress(let member): "The address is incomplete or malformed: \(member)."
        case .unknownCountry(let country): "The middle of '\(country)' is not known: give the place."
        case .invalidPaymentMethod: "The payment method is a token of 1–200 printable characters."
        case .unknownProduct(let line, let sku): "Line \(line): there is no product with SKU '\(sku)'."
        case .amountTooLarge: "The order's amount is too large."
        case .discountOutOfRange(let discount): "A discount of \(discount) is negative or more than the goods cost."
        case .duplicateNumber(let number): "There is an order with number '\(number)' already."
        }
    }

    /// Where in the request the mistake is, as a JSON pointer.
    public var pointer: String {
        switch self {
        case .lineCountOutOfRange, .amountTooLarge: "/lines"
        case .quantityOutOfRange(let line, _): "/lines/\(line - 1)/quantity"
        case .priceOutOfRange(let line, _), .mixedCurrencies(let line): "/lines/\(line - 1)/unit_price"
        case .invalidLabel(let line): "/lines/\(line - 1)/label"
        case .unknownProduct(let line, _): "/lines/\(line - 1)/sku"
        case .invalidNumber, .duplicateNumber: "/number"
        case .invalidCustomer: "/customer"
        case .invalidAddress(let member): "/address/\(member)"
        case .unknownCountry: "/address/country"
        case .invalidPaymentMethod: "/payment_method"
        case .discountOutOfRange: "/discount"
        }
    }
}
