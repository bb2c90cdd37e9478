import Kernel

/// How many partitions each process of a service should have, and what one of them does about it.
public struct FairShare: Sendable, Equatable {
    /// To be taken over now.
    public let claims: [Int]
    /// To be given back, since another process has too few.
    public let returns: [Int]

    /// - Parameters:
    ///   - own: who asks.
    ///   - nodes: those that are alive; the one that asks may be missing.
    ///   - ownerships: every partition.
    ///   - held: the partitions whose workers run here.
    ///   - wantsAll: takes whatever is free and gives nothing back.
    public init(
        of own: String, among nodes: [String], _ ownerships: [NodeTable.Ownership], held: Set<Int>, now: Instant,
        wantsAll: Bool = false
    ) {
        let free = ownerships.filter { !held.contains($0.partition) && ($0.expiresAt <= now || $0.owner == own) }
            .map(\.partition)
        guard !wantsAll else {
            claims = free
            returns = []
            return
        }
        let all = Set(nodes).union([own]).sorted()
        let place = all.firstIndex(of: own) ?? 0
        // The first ones take what does not divide evenly: every process comes to the same result.
        let fair = ownerships.count / all.count + (place < ownerships.count % all.count ? 1 : 0)
        claims = Array(free.prefix(max(0, fair - held.count)))
        returns = Array(held.sorted().suffix(max(0, held.count - fair)))
    }
}
