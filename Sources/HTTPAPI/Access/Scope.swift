import Kernel

/// What an API key may do.
public enum Scope: String, CaseIterable, Sendable, Comparable {
    case ordersRead = "orders:read"
    case ordersWrite = "orders:write"
    /// Finding orders by who they go to.
    case recipientsRead = "recipients:read"
    case catalogRead = "catalog:read"
    case catalogWrite = "catalog:write"
    case stockRead = "stock:read"
    case stockWrite = "stock:write"
    case floorWork = "floor:work"
    case shippingRead = "shipping:read"
    case shippingWrite = "shipping:write"
    case webhooksManage = "webhooks:manage"
    case keysManage = "keys:manage"
    case auditRead = "audit:read"

    public static func < (left: Scope, right: Scope) -> Bool { left.rawValue < right.rawValue }
}

/// Who asks, as an API key proved it.
public struct Caller: Sendable, Equatable {
    public let keyID: APIKeyID
    public let name: String
    public let scopes: Set<Scope>
}
