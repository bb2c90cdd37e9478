/// The problems of the HTTP interface itself; those of the services are their rejections.
public enum ProblemKind: String, Sendable, CaseIterable {
    case malformedJSON = "malformed_json"
    case malformedQuery = "malformed_query"
    /// A text in the search box that cannot be understood.
    case malformedSearch = "malformed_search"
    case idempotencyKeyMissing = "idempotency_key_missing"
    case idempotencyKeyMalformed = "idempotency_key_malformed"
    case idempotencyKeyReused = "idempotency_key_reused"
    case idempotencyKeyInFlight = "idempotency_key_in_flight"
    case unauthenticated
    case scopeMissing = "scope_missing"
    case notFound = "not_found"
    case methodNotAllowed = "method_not_allowed"
    case requestTimeout = "request_timeout"
    case entityParked = "entity_parked"
    case stateConflict = "state_conflict"
    case preconditionFailed = "precondition_failed"
    case preconditionRequired = "precondition_required"
    case bodyTooLarge = "body_too_large"
    case unsupportedMediaType = "unsupported_media_type"
    case invalidRequest = "invalid_request"
    case rateLimited = "rate_limited"
    case internalError = "internal_error"
    /// The disk has no room: nothing was written, reading goes on.
    case storageFull = "storage_full"
    case storageReadOnly = "storage_read_only"
    case unavailable
    case timedOut = "timed_out"
    /// No index answers; everything else does.
    case searchUnavailable = "search_unavailable"

    public var status: Int {
        switch self {
        case .malformedJSON, .malformedQuery, .malformedSearch, .idempotencyKeyMissing, .idempotencyKeyMalformed: 400
        case .unauthenticated: 401
        case .scopeMissing: 403
        case .notFound: 404
        case .methodNotAllowed: 405
        case .requestTimeout: 408
        case .idempotencyKeyInFlight, .entityParked, .stateConflict: 409
        case .preconditionFailed: 412
        case .bodyTooLarge: 413
        case .unsupportedMediaType: 415
        case .invalidRequest, .idempotencyKeyReused: 422
        case .preconditionRequired: 428
        case .rateLimited: 429
        case .internalError: 500
        case .unavailable, .timedOut, .storageFull, .storageReadOnly, .searchUnavailable: 503
        }
    }

    /// The title of a code: its words. It is the same for every occurrence, as RFC 9457 asks.
    static func title(of code: String) -> String {
        let words = code.split(separator: "_").joined(separator: " ")
        return words.prefix(1).uppercased() + words.dropFirst()
    }
}
