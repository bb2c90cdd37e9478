import Foundation
import Hummingbird
import Kernel
import NIOCore

/// What a request's answer is made of, before faults get their hands on it.
struct SandboxAnswer: Sendable {
    var status: Int
    var body: [UInt8]

    init(_ status: Int, _ write: (inout JSONWriter) -> Void) {
        var writer = JSONWriter(reserving: 256)
        writer.object(write)
        self.status = status
        body = writer.bytes
    }

    init(_ refusal: SandboxRefusal) {
        self.init(refusal.status) {
            $0.member("code", refusal.code)
            $0.member("detail", refusal.detail)
        }
    }
}

/// A request with its path taken apart.
struct SandboxRequest: Sendable {
    let method: String
    let path: [String]
    let query: [String: String]
    let body: JSONValue
}

/// Keeps the connection at hand, so that faults can cut it.
struct SandboxContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }
}

/// Sends requests to the parties, and lets their faults strike before and after.
struct SandboxResponder: HTTPResponder {
    typealias Context = SandboxContext

    private static let bodyBytesMax = 1_048_576

    let world: SandboxWorld
    let couriers: CourierRoutes
    let payments: PaymentRoutes
    let control: ControlRoutes

    func respond(to request: Request, context: SandboxContext) async throws -> Response {
        var request = request
        let buffer = try await request.collectBody(upTo: Self.bodyBytesMax)
        let body: JSONValue
        if buffer.readableBytes == 0 {
            body = .null
        } else {
            do {
                body = try JSONValue(parsing: buffer.readableBytesView)
            } catch {
                return Self.response(SandboxAnswer(SandboxRefusal(400, "malformed_json", error.reason.rawValue)))
            }
        }
        var query: [String: String] = [:]
        for item in request.uri.queryParameters { query[String(item.key)] = String(item.value) }
        let path = request.uri.path.split(separator: "/").map { $0.removingPercentEncoding ?? String($0) }
        return try await answer(
            SandboxRequest(method: request.method.rawValue, path: path, query: query, body: body), context)
    }

    private func answer(_ request: SandboxRequest, _ context: SandboxContext) async throws -> Response {
        switch request.path.first {
        case "couriers" where request.path.count > 2:
            let code = request.path[1]
            guard let courier = world.courier(code) else { break }
            return try await withFaults(code, request, context) { () throws(SandboxRefusal) in
                try couriers.answer(courier, request)
            }
        case SandboxWorld.paymentParty where request.path.count > 1:
            return try await withFaults(SandboxWorld.paymentParty, request, context) { () throws(SandboxRefusal) in
                try payments.answer(request)
            }
        case "control": return Self.response(Self.settle { () throws(SandboxRefusal) in try control.answer(request) })
        default: break
        }
        return Self.response(Self.nothingHere)
    }

    private func withFaults(
        _ party: String, _ request: SandboxRequest, _ context: SandboxContext,
        _ process: () throws(SandboxRefusal) -> SandboxAnswer
    ) async throws -> Response {
        let subject = request.body["reference"]?.string ?? request.query["reference"] ?? request.path.joined()
        let (plan, mishap, delay) = world.draw(party, about: subject)
        if delay > 0 { try await Task.sleep(for: .milliseconds(delay)) }
        switch mishap {
        case .none: return Self.response(Self.settle(process))
        case .unavailable: return Self.response(Self.refused(503, "unavailable"), extra: "1")
        case .throttle: return Self.response(Self.refused(429, "throttled"), extra: "1")
        case .error: return Self.response(Self.refused(500, "internal_error"))
        case .redirect: return Self.redirect()
        case .drop:
            context.channel.close(promise: nil)
            throw ConnectionCut()
        case .hang:
            // Longer than any client waits.
            try await Task.sleep(for: .seconds(120))
            throw ConnectionCut()
        case .late:
            let answer = Self.settle(process)
            try await Task.sleep(for: .milliseconds(plan.lateMilliseconds))
            return Self.response(answer)
        case .cut:
            _ = Self.settle(process)
            context.channel.close(promise: nil)
            throw ConnectionCut()
        case .garbage: return Self.garbage(Self.settle(process))
        case .double: return Self.twice(Self.settle(process))
        case .endless: return Self.endless(Self.settle(process))
        }
    }

    private static let nothingHere = SandboxAnswer(SandboxRefusal(404, "no_such_path", "see the sandbox's paths"))

    private static func refused(_ status: Int, _ code: String) -> SandboxAnswer {
        SandboxAnswer(SandboxRefusal(status, code, "a fault that was asked for"))
    }

    private static func settle(_ process: () throws(SandboxRefusal) -> SandboxAnswer) -> SandboxAnswer {
        do throws(SandboxRefusal) {
            return try process()
        } catch {
            return SandboxAnswer(error)
        }
    }
}

/// Ends a request without an answer.
struct ConnectionCut: Error {}

// MARK: Answers, right and wrong

extension SandboxResponder {
    /// - Parameter extra: seconds for `Retry-After`.
    fileprivate static func response(_ answer: SandboxAnswer, extra: String? = nil) -> Response {
        var headers: HTTPFields = [.contentType: "application/json"]
        if let extra { headers[.retryAfter] = extra }
        return Response(
            status: .init(code: answer.status), headers: headers,
            body: .init(byteBuffer: ByteBuffer(bytes: answer.body)))
    }

    fileprivate static func redirect() -> Response {
        Response(status: .temporaryRedirect, headers: [.location: "http://127.0.0.1:9/elsewhere"])
    }

    fileprivate static func garbage(_ answer: SandboxAnswer) -> Response {
        let half = answer.body.prefix(answer.body.count / 2)
        return Response(
            status: .ok, headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(bytes: half + Array("<html>".utf8))))
    }

    /// Writes more than it announced: what follows reads as a second answer that nobody asked for.
    fileprivate static func twice(_ answer: SandboxAnswer) -> Response {
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: \(answer.body.count)\r\n\r\n"
        let again = ByteBuffer(bytes: Array(head.utf8) + answer.body)
        let body = ResponseBody(contentLength: answer.body.count) { writer in
            try await writer.write(ByteBuffer(bytes: answer.body))
            try await writer.write(again)
            try await writer.finish(nil)
        }
        return Response(
            status: .init(code: answer.status), headers: [.contentType: "application/json"], body: body)
    }

    fileprivate static func endless(_ answer: SandboxAnswer) -> Response {
        let body = ResponseBody { writer in
            try await writer.write(ByteBuffer(bytes: answer.body.dropLast()))
            while true {
                try await Task.sleep(for: .milliseconds(100))
                try await writer.write(ByteBuffer(string: " "))
            }
        }
        return Response(status: .ok, headers: [.contentType: "application/json"], body: body)
    }
}
