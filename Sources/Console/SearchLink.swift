import HTTPAPI
import Kernel
import Ports
import SearchService

/// The address of a search, a page of it included.
struct SearchLink {
    let text: String
    let sort: SearchSort
    var after: OrderSearch.Cursor?

    var path: String {
        var path = "/search?q=\(Self.encoded(text.trimmingPrefix(while: \.isWhitespace)))"
        if sort != .newest { path += "&sort=\(sort.rawValue)" }
        if let after {
            path += "&after=\(after.hit.value).\(after.hit.orderID.text).\(after.forgivesTypos ? 1 : 0)"
        }
        return path
    }

    /// - Returns: `nil` for what no page gave out.
    static func cursor(_ text: some StringProtocol) -> OrderSearch.Cursor? {
        let parts = text.split(separator: ".")
        guard parts.count == 3, let value = Int64(parts[0]), let id = OrderID(text: parts[1]) else { return nil }
        return OrderSearch.Cursor(hit: SearchHit(orderID: id, value: value), forgivesTypos: parts[2] == "1")
    }

    /// Everything but letters, digits and `-._~` as bytes (RFC 3986, section 2).
    static func encoded(_ text: some StringProtocol) -> String {
        let digits = Array("0123456789ABCDEF")
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default: encoded += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }
        return encoded
    }
}
