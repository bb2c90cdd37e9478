import AsyncHTTPClient
import Kernel
import NIOHTTP1
import Ports

/// The connections to the outside parties that Doorstep chose itself: carriers and the payment provider.
///
/// One for the whole program. Webhooks go another way, since their addresses are chosen by others.
public final class PartyConnections: Sendable {
    let client: HTTPClient

    /// - Parameter connections: kept open per host, 1 or more.
    public init(limits: HTTPLimits = HTTPLimits(), connections: Int = 64) {
        precondition(connections > 0, "\(connections) connections")
        client = HTTPCaller.client(HTTPCaller.configuration(limits, connections: connections))
    }

    // A client that is let go without being shut down is a crash; a program that ends early must not end in one.
    deinit { client.shutdown { _ in } }

    /// Closes all connections; calls still in flight end as not sent or lost. Call it once, after the effect runner
    /// has stopped.
    /// - Throws: `connections_not_closed`, not retryable.
    public func close() async throws(Fault) {
        do {
            try await client.shutdown()
        } catch {
            throw Fault("connections_not_closed", retryable: false, "\(error)")
        }
    }
}

/// A JSON API of one party, and how its answers are to be understood.
struct PartyAPI: Sendable {
    /// Without a slash at its end.
    let baseURL: String
    let apiKey: String?
    let limits: HTTPLimits
    let connections: PartyConnections

    init(baseURL: String, apiKey: String?, limits: HTTPLimits, connections: PartyConnections) {
        self.baseURL = baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL
        self.apiKey = apiKey
        self.limits = limits
        self.connections = connections
    }

    /// Posts a document under our reference, which is the idempotency key too.
    func post(
        _ path: String, reference: String, _ write: (inout JSONWriter) -> Void
    ) async throws(GatewayFault) -> JSONValue {
        var writer = JSONWriter(reserving: 512)
        writer.object(write)
        var headers = commonHeaders
        headers.add(name: "content-type", value: "application/json")
        headers.add(name: "idempotency-key", value: reference)
        let exchange = await HTTPCaller.exchange(
            .POST, baseURL + path, headers: headers, body: writer.bytes, limits: limits, client: connections.client)
        return try AnswerReading.document(exchange)
    }

    /// - Returns: `nil` when the party says, in its own words, that there is no such thing.
    func get(_ path: String) async throws(GatewayFault) -> JSONValue? {
        let exchange = await HTTPCaller.exchange(
            .GET, baseURL + path, headers: commonHeaders, body: nil, limits: limits, client: connections.client)
        do {
            return try AnswerReading.document(exchange)
        } catch {
            if case .refused(code: "not_found", _) = error { return nil }
            throw error
        }
    }

    private var commonHeaders: HTTPHeaders {
        var headers: HTTPHeaders = ["accept": "application/json"]
        if let apiKey { headers.add(name: "authorization", value: "Bearer \(apiKey)") }
        return headers
    }
}

/// Whether something happened, as far as an answer proves it.
enum AnswerReading {
    /// - Returns: the document of a 2xx answer.
    /// - Throws: ``GatewayFault`` by this table:
    ///
    ///   | exchange | fault | because |
    ///   |---|---|---|
    ///   | nothing written | failed | nobody can have seen it |
    ///   | time-out, connection lost, body too long | unknown | it may have been done before the answer got lost |
    ///   | 2xx that is no JSON object | unknown | something answered, but not what we know |
    ///   | 1xx, 3xx | unknown | a redirect may follow what was done (RFC 9110, section 15.4.4) |
    ///   | 401, 403, 407 | failed | our key is wrong: an operator can repair it |
    ///   | 408, 425, 429, 503 | failed, `Retry-After` | said before processing |
    ///   | other 4xx with a `code` | refused | understood and declined |
    ///   | other 4xx | failed | something refused it that is not the party: a proxy, a wrong address |
    ///   | other 5xx | unknown | an error in the middle of it proves nothing |
    static func document(_ exchange: HTTPExchange) throws(GatewayFault) -> JSONValue {
        let answer: HTTPAnswer
        switch exchange {
        case .notSent(let reason): throw .failed(reason: reason, retryAfter: nil)
        case .lost(let reason): throw .unknown(reason: reason)
        case .answered(let received): answer = received
        }
        let document = object(answer.body)
        switch answer.status {
        case 200..<300:
            guard let document else { throw .unknown(reason: "HTTP \(answer.status) without a JSON object") }
            return document
        case 401, 403, 407: throw .failed(reason: "HTTP \(answer.status): credentials", retryAfter: nil)
        case 408, 425, 429, 503:
            throw .failed(reason: "HTTP \(answer.status)", retryAfter: answer.retryAfter)
        case 400..<500:
            guard let code = document?["code"]?.string, isCode(code) else {
                throw .failed(reason: "HTTP \(answer.status) without a code", retryAfter: answer.retryAfter)
            }
            throw .refused(code: code, detail: detail(document?["detail"]?.string ?? ""))
        default: throw .unknown(reason: "HTTP \(answer.status)")
        }
    }

    private static func object(_ bytes: [UInt8]) -> JSONValue? {
        guard let value = try? JSONValue(parsing: bytes), value.object != nil else { return nil }
        return value
    }

    /// For people, on their screens and terminals: not too much of it, and nothing but text.
    private static func detail(_ text: String) -> String {
        let scalars = text.unicodeScalars.prefix(300).map { scalar in
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: Unicode.Scalar(UInt8(ascii: " "))
            default: scalar
            }
        }
        return String(String.UnicodeScalarView(scalars))
    }

    /// A code ends in our tables and events: only what looks like one is believed.
    private static func isCode(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
            }
    }

    /// Reads a member that a 2xx answer must have. One that lacks it is garbage: unknown.
    static func require<Value>(_ name: String, _ value: Value?) throws(GatewayFault) -> Value {
        guard let value else { throw .unknown(reason: "the answer has no valid '\(name)'") }
        return value
    }

    /// An identifier of the other party's making: visible ASCII of a bounded length.
    static func identifier(_ name: String, _ value: JSONValue?) throws(GatewayFault) -> String {
        let text = try require(name, value?.string)
        guard (1...200).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .unknown(reason: "the answer's '\(name)' is no identifier")
        }
        return text
    }

    /// Refuses an answer about something else, as a mixed-up cache or connection would give.
    static func requireReference(_ document: JSONValue, _ reference: String) throws(GatewayFault) {
        guard document["reference"]?.string == reference else {
            throw .unknown(reason: "the answer is about another reference")
        }
    }

    static func money(_ name: String, _ value: JSONValue?) throws(GatewayFault) -> Money {
        let amount = try require(name, value?["amount"]?.integer)
        let currency = try require(name, value?["currency"]?.string.flatMap { Currency($0) })
        guard amount >= 0 else { throw .unknown(reason: "the answer's '\(name)' is negative") }
        return Money(amount, currency)
    }
}

/// Percent-encoding of one path segment or query value.
///
/// - Source: RFC 3986, section 2.3 (unreserved characters).
enum URLText {
    static func encode(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            let scalar = Unicode.Scalar(byte)
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "-", ".", "_", "~": encoded.unicodeScalars.append(scalar)
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += "%" + (digits.utf8.count == 1 ? "0" : "") + digits
            }
        }
        return encoded
    }
}
