import Hummingbird
import Kernel

/// One method of one path: who may call it, and what it does.
public struct Route: Sendable {
    public let method: HTTPRequest.Method
    /// As OpenAPI writes it, for example `/v1/orders/{id}`.
    public let path: String
    public let access: Access
    /// Whether the request must carry an `Idempotency-Key`.
    public let needsIdempotencyKey: Bool
    /// The content types that a body may have; empty when the route takes none.
    let contentTypes: [String]
    let handle: @Sendable (Call) async throws(Problem) -> Reply

    public enum Access: Sendable, Equatable {
        /// Anybody.
        case open
        /// An API key with this scope.
        case scope(Scope)
        /// Couriers, who sign their messages.
        case signed
        /// Callers on the same machine, or an API key with this scope.
        case local(or: Scope)
    }

    static func get(
        _ path: String, _ access: Access, _ handle: @escaping @Sendable (Call) async throws(Problem) -> Reply
    ) -> Route {
        Route(
            method: .get, path: path, access: access, needsIdempotencyKey: false, contentTypes: [], handle: handle)
    }

    /// A command: always with an idempotency key, unless couriers send it.
    static func post(
        _ path: String, _ access: Access, _ handle: @escaping @Sendable (Call) async throws(Problem) -> Reply
    ) -> Route {
        Route(
            method: .post, path: path, access: access, needsIdempotencyKey: access != .signed,
            contentTypes: ["application/json"], handle: handle)
    }

    static func put(
        _ path: String, _ access: Access, _ handle: @escaping @Sendable (Call) async throws(Problem) -> Reply
    ) -> Route {
        Route(
            method: .put, path: path, access: access, needsIdempotencyKey: false, contentTypes: ["application/json"],
            handle: handle)
    }

    static func delete(
        _ path: String, _ access: Access, _ handle: @escaping @Sendable (Call) async throws(Problem) -> Reply
    ) -> Route {
        Route(
            method: .delete, path: path, access: access, needsIdempotencyKey: false, contentTypes: [], handle: handle)
    }

    /// The path as Hummingbird writes it: `/v1/orders/:id`.
    var routerPath: RouterPath {
        RouterPath(path.replacing("{", with: ":").replacing("}", with: ""))
    }

    var parameterCount: Int { path.count { $0 == "{" } }

    /// Whether a request's path is one of this route.
    func matches(_ requested: String) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: true)
        let given = requested.split(separator: "/", omittingEmptySubsequences: true)
        guard parts.count == given.count else { return false }
        return zip(parts, given).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
    }
}
