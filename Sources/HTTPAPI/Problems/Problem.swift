import Contracts
import Hummingbird
import Kernel

/// An answer that says no: `application/problem+json`.
///
/// - Source: RFC 9457.
public struct Problem: Error, Sendable {
    /// Stable, never reused, in snake_case; the last part of `type`.
    public let code: String
    /// The HTTP status.
    public let status: Int
    /// One sentence for people. It leaks nothing of the inside.
    public let detail: String
    /// What is wrong with the request, member by member.
    public var errors: [FieldError]
    /// Seconds, for `Retry-After`.
    public var retryAfter: Int?
    /// More header fields, such as `Allow`.
    public var headers: HTTPFields = [:]
    /// Writes members beyond the standard ones, such as the lines of a shortage.
    var extra: (@Sendable (inout JSONWriter) -> Void)?

    public init(_ kind: ProblemKind, _ detail: String, errors: [FieldError] = [], retryAfter: Int? = nil) {
        code = kind.rawValue
        status = kind.status
        self.detail = detail
        self.errors = errors
        self.retryAfter = retryAfter
    }

    /// A rejection of one of the services.
    public init(_ rejection: any Rejection) {
        code = rejection.code
        status = RejectionStatus.status(of: rejection)
        detail = rejection.detail
        errors = RejectionStatus.errors(of: rejection)
        extra = RejectionStatus.extraMembers(of: rejection)
    }

    /// A fault: retryable ones are 503, others 500. The detail stays in the log; what an operator can mend is named.
    public init(_ fault: Fault) {
        switch fault.code {
        case "database_full":
            self.init(.storageFull, "The store has no room left; nothing was changed.", retryAfter: 5)
        case "database_read_only":
            self.init(.storageReadOnly, "The store cannot be written; nothing was changed.", retryAfter: 30)
        case "service_elsewhere":
            guard let topic = Topic(rawValue: fault.debugDetail) else {
                preconditionFailure("\(fault) names no service")
            }
            self.init(.elsewhere(topic, partition: nil))
            return
        default:
            self.init(
                fault.isRetryable ? .unavailable : .internalError,
                fault.isRetryable
                    ? "The service cannot take this request right now; nothing was changed."
                    : "Something went wrong here.",
                retryAfter: fault.isRetryable ? 1 : nil)
        }
        self.fault = fault
    }

    /// What the log gets to know.
    public private(set) var fault: Fault?
    /// Who can answer when this process cannot.
    public internal(set) var rerouting: Rerouting?

    /// The same, with what the log gets to know.
    func with(_ fault: Fault) -> Problem {
        var problem = self
        problem.fault = fault
        return problem
    }

    static func notFound(_ what: String) -> Problem { Problem(.notFound, "There is no such \(what).") }

    /// The document.
    func json(instance: String, traceID: String) -> [UInt8] {
        var writer = JSONWriter(reserving: 320)
        writer.object { json in
            json.member("type", "/problems/\(code)")
            json.member("title", ProblemKind.title(of: code))
            json.member("status", status)
            json.member("detail", detail)
            json.member("instance", instance)
            json.member("code", code)
            if !errors.isEmpty {
                json.member("errors", array: errors) { json, error in
                    json.object { json in
                        json.member("pointer", error.pointer)
                        json.member("detail", error.detail)
                    }
                }
            }
            extra?(&json)
            json.member("trace_id", traceID)
        }
        return writer.bytes
    }
}

/// One thing that is wrong with a request.
public struct FieldError: Sendable, Equatable {
    /// A JSON pointer into the body (RFC 6901), `?name` for a query parameter, or a header field's name.
    public let pointer: String
    public let detail: String

    public init(_ pointer: String, _ detail: String) {
        self.pointer = pointer
        self.detail = detail
    }
}
