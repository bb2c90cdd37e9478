/// The check digit of GS1 identification keys.
///
/// - Source: GS1 General Specifications, section 7.9.1 (weights 3 and 1 from the right, modulo 10).
public enum CheckDigit {
    /// The digit that completes `digits` (without it).
    public static func gs1(_ digits: some BidirectionalCollection<Int>) -> Int {
        var weight = 3
        var sum = 0
        for digit in digits.reversed() {
            sum += digit * weight
            weight = 4 - weight
        }
        return (10 - sum % 10) % 10
    }

    static func isValid(_ text: some StringProtocol, lengths: Set<Int>) -> Bool {
        let bytes = Array(text.utf8)
        guard lengths.contains(bytes.count), bytes.allSatisfy({ (48...57).contains($0) }) else { return false }
        let digits = bytes.map { Int($0) - 48 }
        return gs1(digits.dropLast()) == digits[digits.count - 1]
    }
}

/// A Global Trade Item Number with 8, 12, 13 or 14 digits.
public struct GTIN: Hashable, Sendable {
    public let digits: String

    /// - Returns: `nil` when the length or the check digit is wrong.
    public init?(_ text: some StringProtocol) {
        guard CheckDigit.isValid(text, lengths: [8, 12, 13, 14]) else { return nil }
        digits = String(text)
    }
}

/// A Serial Shipping Container Code: 18 digits on every parcel.
public struct SSCC: Hashable, Sendable {
    public let digits: String

    /// - Returns: `nil` when the length or the check digit is wrong.
    public init?(_ text: some StringProtocol) {
        guard CheckDigit.isValid(text, lengths: [18]) else { return nil }
        digits = String(text)
    }

    /// Builds a code from its parts.
    ///
    /// - Parameters:
    ///   - extensionDigit: 0–9.
    ///   - companyPrefix: 4–12 digits.
    ///   - serial: 0 or more; taken modulo what the remaining digits can hold, as the standard lets numbers return
    ///     after a year.
    public init(extensionDigit: Int, companyPrefix: String, serial: Int64) {
        let prefix = companyPrefix.utf8.map { Int($0) - 48 }
        precondition(
            (0...9).contains(extensionDigit) && (4...12).contains(prefix.count) && serial >= 0
                && prefix.allSatisfy { (0...9).contains($0) }, "\(extensionDigit) \(companyPrefix) \(serial)")
        var reference: [Int] = []
        var rest = serial
        for _ in 0..<(16 - prefix.count) {
            reference.append(Int(rest % 10))
            rest /= 10
        }
        let body = [extensionDigit] + prefix + reference.reversed()
        digits = (body + [CheckDigit.gs1(body)]).map(String.init).joined()
    }
}

/// A Global Location Number: 13 digits for a place, such as a warehouse.
public struct GLN: Hashable, Sendable {
    public let digits: String

    /// - Returns: `nil` when the length or the check digit is wrong.
    public init?(_ text: some StringProtocol) {
        guard CheckDigit.isValid(text, lengths: [13]) else { return nil }
        digits = String(text)
    }
}
