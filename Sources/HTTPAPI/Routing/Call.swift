import Foundation
import Hummingbird
import Kernel
import Runtime

/// A request on its way through a route: read, authenticated, and with its body collected.
public struct Call: Sendable {
    public let method: HTTPRequest.Method
    public let path: String
    let queryText: String
    let queryParameters: Parameters
    public let headers: HTTPFields
    let parameters: Parameters
    public let body: [UInt8]
    /// Who asks; `nil` on public routes and for couriers, who sign instead.
    public let caller: Caller?
    public let trace: TraceContext
    /// Another process of the same system let it in, and sends it on.
    let isForwarded: Bool
    /// Present on every route that asks for it.
    let idempotency: IdempotencyKey?

    /// A parameter of the path, percent-decoded.
    func parameter(_ name: String) -> String { parameters.get(name).flatMap { $0.removingPercentEncoding } ?? "" }

    /// - Throws: 404: what cannot be an id of this kind identifies nothing.
    func id<Kind: EntityKind>(_ name: String = "id", _: Kind.Type = Kind.self, _ what: String) throws(Problem)
        -> EntityID<Kind>
    {
        guard let id = EntityID<Kind>(text: parameter(name)) else { throw .notFound(what) }
        return id
    }

    var query: RequestQuery { RequestQuery(queryParameters) }

    /// The body as an object to read.
    ///
    /// - Throws: `malformed_json` with the place of the first offence.
    func object() throws(Problem) -> RequestObject { RequestObject(try json()) }

    /// The body as it is written.
    ///
    /// - Throws: `malformed_json` with the place of the first offence.
    func json() throws(Problem) -> JSONValue {
        do {
            return try JSONValue(parsing: body)
        } catch {
            throw Problem(.malformedJSON, "The body is no JSON: \(error.reason.rawValue) at byte \(error.offset).")
        }
    }

    /// Whose action this is, for ledgers and trails.
    var actor: String { caller.map { $0.keyID.text } ?? "public" }

    /// `Prefer: wait=N`, seconds, at most 30.
    ///
    /// - Source: RFC 7240, section 4.3. What cannot be understood is ignored, as it says.
    var wait: Int? { Self.preferredWait(headers) }

    private static func preferredWait(_ headers: HTTPFields) -> Int? {
        guard let prefer = headers[.prefer] else { return nil }
        for preference in prefer.split(separator: ",") {
            let parts = preference.split(separator: ";")[0].split(separator: "=", maxSplits: 1)
            guard parts.count == 2, trimmed(parts[0]).lowercased() == "wait",
                let seconds = Int(trimmed(parts[1])), seconds >= 0
            else { continue }
            return min(seconds, waitSecondsMax)
        }
        return nil
    }

    static let waitSecondsMax = 30

    /// How long a request asks to wait, by `Prefer` or by `?wait=`.
    static func waitSeconds(_ request: Request) -> Int {
        let asked = request.uri.queryParameters["wait"].flatMap { Int($0) } ?? 0
        return max(preferredWait(request.headers) ?? 0, min(max(asked, 0), waitSecondsMax))
    }

    /// The version that `If-Match` names.
    ///
    /// - Throws: 428 without it, 412 for anything but one strong tag of ours.
    func ifMatch() throws(Problem) -> Int64 {
        guard let field = headers[.ifMatch] else {
            throw Problem(.preconditionRequired, "If-Match must name the version that this request edits.")
        }
        let tag = Self.trimmed(field[...])
        guard tag.count >= 3, tag.hasPrefix("\""), tag.hasSuffix("\""), let version = Int64(tag.dropFirst().dropLast())
        else { throw Problem(.preconditionFailed, "If-Match names no version of this resource.") }
        return version
    }

    /// This request's address with another cursor.
    func location(after cursor: String) -> String {
        let kept = queryText.split(separator: "&").filter { !$0.hasPrefix("after=") }
        return path + "?" + (kept + ["after=\(cursor)"]).joined(separator: "&")
    }

    static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while text.first == " " || text.first == "\t" { text.removeFirst() }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text
    }
}

/// Which request this is, across processes.
///
/// - Source: W3C Trace Context, section 3.2.
public struct TraceContext: Sendable, Equatable {
    /// 32 hexadecimal digits.
    public let traceID: String
    /// The whole header field, with this request as the parent of what follows.
    public let traceParent: String

    /// Continues the trace that a valid `traceparent` names; begins one otherwise.
    init(_ header: String?, using generator: inout some RandomNumberGenerator) {
        let spanID = Self.hexadecimal(UInt64.random(in: 1...UInt64.max, using: &generator))
        traceID =
            header.flatMap(Self.traceID)
            ?? Self.hexadecimal(UInt64.random(in: 1...UInt64.max, using: &generator))
            + Self.hexadecimal(generator.next())
        traceParent = "00-\(traceID)-\(spanID)-01"
    }

    private static func traceID(_ header: String) -> String? {
        let parts = header.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, isHexadecimal(parts[0], 2), parts[0] != "ff", parts[0] != "00" || parts.count == 4,
            isHexadecimal(parts[1], 32), isHexadecimal(parts[2], 16), isHexadecimal(parts[3], 2),
            parts[1].contains(where: { $0 != "0" }), parts[2].contains(where: { $0 != "0" })
        else { return nil }
        return String(parts[1])
    }

    private static func isHexadecimal(_ text: Substring, _ count: Int) -> Bool {
        text.utf8.count == count
            && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }

    private static func hexadecimal(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
