/// A shop's own code for a product: 1–64 printable ASCII characters without spaces at the ends. Case counts.
public struct SKU: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let text: String

    /// - Returns: `nil` for an empty or longer text, other characters, or spaces at the ends.
    public init?(_ text: some StringProtocol) {
        guard (1...64).contains(text.utf8.count), text.utf8.allSatisfy({ (32...126).contains($0) }),
            text.first != " ", text.last != " "
        else { return nil }
        self.text = String(text)
    }

    public var description: String { text }
    public static func < (left: Self, right: Self) -> Bool { left.text < right.text }
}
