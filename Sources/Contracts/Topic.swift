/// A topic: the log of one producing service.
public enum Topic: String, CaseIterable, Sendable, Comparable {
    case orders, warehouse, shipping

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
