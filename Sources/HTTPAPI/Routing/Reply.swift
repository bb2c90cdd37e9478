import Hummingbird
import Kernel
import NIOCore

/// What a route answers.
public struct Reply: Sendable {
    public var status: Int
    public var headers: HTTPFields
    var content: Content

    enum Content: Sendable {
        case none
        case bytes([UInt8])
        case stream(ResponseBody)
    }

    init(_ status: Int, _ contentType: String, _ bytes: [UInt8]) {
        self.status = status
        headers = [.contentType: contentType]
        content = .bytes(bytes)
    }

    /// No content.
    static let none = Reply(status: 204, headers: [:], content: .none)

    private init(status: Int, headers: HTTPFields, content: Content) {
        self.status = status
        self.headers = headers
        self.content = content
    }

    static func json(_ status: Int = 200, _ bytes: [UInt8]) -> Reply { Reply(status, "application/json", bytes) }

    /// A JSON object.
    static func object(_ status: Int = 200, _ write: (inout JSONWriter) throws -> Void) rethrows -> Reply {
        var writer = JSONWriter(reserving: 512)
        try writer.object(write)
        return .json(status, writer.bytes)
    }

    static func stream(_ contentType: String, _ body: ResponseBody) -> Reply {
        Reply(status: 200, headers: [.contentType: contentType], content: .stream(body))
    }

    func with(_ name: FieldName, _ value: String) -> Reply {
        var reply = self
        reply.headers[name] = value
        return reply
    }

    /// With the version that an editor must name in `If-Match`.
    func with(version: Int64) -> Reply { with(.eTag, "\"\(version)\"") }

    var response: Response {
        let status = HTTPResponse.Status(code: status)
        switch content {
        case .none: return Response(status: status, headers: headers)
        case .bytes(let bytes):
            return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
        case .stream(let body): return Response(status: status, headers: headers, body: body)
        }
    }
}

extension Reply {
    /// `{"data": […], "next": "…"}`, with `Link` when there is a next page.
    ///
    /// - Parameters:
    ///   - elements: in order, at most the page's limit; exactly the limit means that there may be more.
    ///   - key: by which the next page begins after an element.
    static func list<Element>(
        _ elements: [Element], _ page: Page, call: Call, key: (Element) -> [Int64],
        _ write: (inout JSONWriter, Element) -> Void
    ) -> Reply {
        let next = elements.count == page.limit ? elements.last.map { Page.cursor(key($0)) } : nil
        var reply = Reply.object { json in
            json.member("data", array: elements) { json, element in json.object { write(&$0, element) } }
            if let next { json.member("next", next) }
        }
        if let next { reply.headers[.link] = "<\(call.location(after: next))>; rel=\"next\"" }
        return reply
    }
}

/// The name of a header field.
typealias FieldName = HTTPFields.Element.Name

extension FieldName {
    static func known(_ name: String) -> FieldName {
        guard let made = FieldName(name) else { preconditionFailure("\(name) is no header field's name") }
        return made
    }

    static let contentSecurityPolicy = known("content-security-policy")
    static let idempotencyKey = known("idempotency-key")
    static let idempotentReplayed = known("idempotent-replayed")
    static let link = known("link")
    static let prefer = known("prefer")
    static let preferenceApplied = known("preference-applied")
    static let requestID = known("x-request-id")
    static let traceParent = known("traceparent")
    static let webhookID = known("webhook-id")
    static let webhookTimestamp = known("webhook-timestamp")
    static let webhookSignature = known("webhook-signature")
}
