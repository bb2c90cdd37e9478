/// What commits left of some rows, so that the next batch need not read them again.
///
/// A service is the only writer of its tables (the lease proves it in every commit), so what a commit left is what is
/// stored. What a batch makes of a row counts only once its commit is known: after one of which it is not, all is
/// forgotten and read anew.
///
/// Values are classes, since what is remembered is often much to copy from list to list.
public final class CommittedCache<Value: AnyObject> {
    /// Of each of two generations.
    private let capacity: Int
    private var recent: [Int64: Value] = [:]
    private var older: [Int64: Value] = [:]
    /// Of the batch under way; `nil` between batches.
    private var uncommitted: [(key: Int64, value: Value?)]?

    /// - Parameter capacity: how many values are kept at least; twice as many at most.
    public init(capacity: Int = 16_384) { self.capacity = capacity }

    /// - Complexity: O(1).
    public func find(_ key: Int64) -> Value? { recent[key] ?? older[key] }

    /// A batch begins.
    public func begin() {
        if uncommitted != nil {
            recent = [:]
            older = [:]
        }
        uncommitted = []
    }

    /// What the batch under way made of a row; `nil` for one that is not worth remembering.
    public func keep(_ value: Value?, for key: Int64) { uncommitted?.append((key, value)) }

    /// The batch under way is durable.
    public func commit() {
        for (key, value) in uncommitted ?? [] {
            guard let value else {
                recent[key] = nil
                older[key] = nil
                continue
            }
            if recent.count >= capacity {
                older = recent
                recent = [:]
            }
            recent[key] = value
        }
        uncommitted = nil
    }
}
