/// One of the parts into which a system divides its work: everything about an entity is done in the same part, in order,
/// in every service.
///
/// How many parts there are is fixed when a database is made, since it decides where every identifier belongs.
public struct Partition: Hashable, Sendable {
    /// How many parts a system may have.
    public static let counts = 1...256
    /// The only part of a system that is not divided.
    public static let whole = Partition(0, of: 1)

    /// From 0.
    public let number: Int
    public let count: Int

    /// - Parameters:
    ///   - number: 0 to `count` - 1.
    ///   - count: within ``counts``.
    public init(_ number: Int, of count: Int) {
        precondition(Self.counts.contains(count) && (0..<count).contains(number), "\(number) of \(count)")
        self.number = number
        self.count = count
    }

    /// The part that an identifier belongs to; the one place that says so.
    ///
    /// The last two bits do not count: a fulfillment order's identifier and those of its work tasks differ in them alone.
    /// - Parameter id: a raw value, 0 or more.
    public static func number(of id: Int64, among count: Int) -> Int { Int((id >> 2) % Int64(count)) }

    /// The smallest identifier of this part that is not less than a number.
    func first(from number: Int64) -> Int64 {
        let parts = Int64(count)
        let block = number >> 2
        let missing = (Int64(self.number) - block % parts + parts) % parts
        return missing == 0 ? number : (block + missing) << 2
    }
}
