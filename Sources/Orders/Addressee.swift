import Kernel

/// Who gets the parcel and the mail. The only place of a person's data in Orders, stored apart so that it can be erased.
public struct Addressee: Sendable, Equatable {
    public let name: String
    public let street: String
    public let city: String
    public let postalCode: String
    /// ISO 3166-1 alpha-2, capital letters.
    public let country: String
    public let email: String?

    public init(name: String, street: String, city: String, postalCode: String, country: String, email: String?) {
        self.name = name
        self.street = street
        self.city = city
        self.postalCode = postalCode
        self.country = country
        self.email = email
    }

    /// The name of the first member that is no address; `nil` when all are fine.
    ///
    /// Texts have 1–200 characters without control characters, the postal code 0–20, the country two capital letters,
    /// the e-mail up to 254 bytes with one `@` inside.
    var flaw: String? {
        if !Self.isText(name, 1...200) { return "name" }
        if !Self.isText(street, 1...200) { return "street" }
        if !Self.isText(city, 1...200) { return "city" }
        if !Self.isText(postalCode, 0...20) { return "postal_code" }
        if country.utf8.count != 2 || !country.utf8.allSatisfy({ (65...90).contains($0) }) { return "country" }
        if let email, !Self.isEmail(email) { return "email" }
        return nil
    }

    static func isText(_ text: String, _ lengths: ClosedRange<Int>) -> Bool {
        // Counting characters is slow; bytes bound them from above, so most texts are decided by their bytes.
        let bytes = text.utf8.count
        guard bytes >= lengths.lowerBound, bytes <= lengths.upperBound || lengths.contains(text.count) else {
            return false
        }
        return text.utf8.allSatisfy { $0 >= 32 && $0 != 127 }
    }

    private static func isEmail(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        return text.utf8.count <= 254 && parts.count == 2 && !parts[0].isEmpty && !parts[1].isEmpty
            && text.utf8.allSatisfy { $0 > 32 && $0 != 127 }
    }
}
