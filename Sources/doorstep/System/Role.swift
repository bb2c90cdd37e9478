import Contracts

/// What a process does. A process with all roles is the whole system.
enum Role: String, CaseIterable, Sendable {
    case orders, warehouse, shipping
    /// The index that finds orders. One process of those that share a store has it.
    case search
    /// Pages, and requests to services that run elsewhere.
    case api

    /// The service that it runs.
    var topic: Topic? {
        switch self {
        case .orders: .orders
        case .warehouse: .warehouse
        case .shipping: .shipping
        case .search, .api: nil
        }
    }
}

extension Set<Role> {
    static let all = Set(Role.allCases)

    func runs(_ topic: Topic) -> Bool { contains { $0.topic == topic } }
}
