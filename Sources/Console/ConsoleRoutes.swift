import Contracts
import HTTPAPI
import Hummingbird
import Kernel
import Logging
import NIOCore

/// Adds the pages that people look at: server-rendered, whole without JavaScript, live with it.
///
/// `GET /`, `/orders/{id}`, `/search`, `/stock`, `/attention`, `/console/events` show operations data. Until there are sessions they
/// are served only when the server is bound to this machine's own address **and** the request's `Host` names it, or
/// when ``ConsoleServices/openConsole`` is set; otherwise they answer 403. `GET /track/{token}` is for customers, and
/// open to whoever has the token, as often as the limit per address allows; beyond it answers 429 with `Retry-After`.
public func addConsole(to router: Router<APIContext>, _ services: ConsoleServices) {
    let console = ConsoleRoutes(services: services)
    router.add(middleware: UnknownPages(clock: services.clock))
    router.get("/") { request, context in
        await console.operations(request, context) { () async throws(Fault) in try await console.dashboard() }
    }
    router.get("/orders/{id}") { request, context in
        await console.operations(request, context) { () async throws(Fault) in
            try await console.order(context.parameters.get("id") ?? "")
        }
    }
    router.get("/stock") { request, context in
        await console.operations(request, context) { () async throws(Fault) in
            try await console.stock(after: request.uri.queryParameters.get("after"))
        }
    }
    router.get("/attention") { request, context in
        await console.operations(request, context) { () async throws(Fault) in try await console.attention() }
    }
    console.addSearch(to: router)
    router.get("/track/{token}") { _, context in
        if let refusal = console.refuseFlood(context) { return refusal }
        return await console.page(.customer, context) { () async throws(Fault) in
            try await console.tracking(context.parameters.get("token") ?? "")
        }
    }
    router.get("/console/events") { request, _ in console.events(request) }
    router.get("/console/console.css") { _, _ in console.asset("text/css; charset=utf-8", console.style) }
    router.get("/console/console.js") { _, _ in console.asset("text/javascript; charset=utf-8", ConsoleScript.text) }
}

struct ConsoleRoutes: Sendable {
    let services: ConsoleServices
    let access: ConsoleAccess
    let style: String

    init(services: ConsoleServices) {
        self.services = services
        access = ConsoleAccess(host: services.host, openConsole: services.openConsole)
        style = ConsoleStyle.text + "\n" + DiagramMarkup.style(of: services.process.model)
    }

    func operations(
        _ request: Request, _ context: APIContext, _ make: () async throws(Fault) -> Page
    ) async -> Response {
        guard access.admits(authority: request.head.authority) else { return Self.closed.response(at: services.clock) }
        return await page(.overview, context, make)
    }

    func page(_ area: Page.Area, _ context: APIContext, _ make: () async throws(Fault) -> Page) async -> Response {
        do throws(Fault) {
            return try await make().response(at: services.clock)
        } catch {
            context.logger.error("\(error.code)", metadata: ["detail": "\(error.debugDetail)"])
            let text = "The page cannot be shown at the moment. Please try again shortly."
            return refusal(.serviceUnavailable, "Not available", text, area: area, retryAfterSeconds: 5)
        }
    }

    var closedAnswer: Response { Self.closed.response(at: services.clock) }

    private static let closed = Page.problem(
        .forbidden, "The console is closed",
        "These pages are shown on the machine itself only, unless the configuration opens them.", area: .customer)

    /// - Returns: the answer to an address that asks for tracking pages too often, `nil` for all others.
    func refuseFlood(_ context: APIContext) -> Response? {
        let key = ClientAddress.key(context.remoteAddress)
        guard let seconds = services.trackingLimiter.take(key, now: services.clock.now) else { return nil }
        let text = "You have looked very often. Please try again in \(Writing.plural(seconds, "second", "seconds"))."
        return refusal(.tooManyRequests, "A moment, please", text, area: .customer, retryAfterSeconds: seconds)
    }

    private func refusal(
        _ status: HTTPResponse.Status, _ title: String, _ text: String, area: Page.Area, retryAfterSeconds: Int
    ) -> Response {
        var response = Page.problem(status, title, text, area: area).response(at: services.clock)
        response.headers[.retryAfter] = String(retryAfterSeconds)
        return response
    }

    func asset(_ contentType: String, _ text: String) -> Response {
        var response = Response(
            status: .ok, headers: SecurityHeaders.all, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
        response.headers[.contentType] = contentType
        response.headers[.cacheControl] = "public, max-age=60"
        return response
    }

    /// Says that something changed, for all orders or for one; the script then looks again.
    func events(_ request: Request) -> Response {
        guard access.admits(authority: request.head.authority) else { return Self.closed.response(at: services.clock) }
        let order = request.uri.queryParameters.get("order").flatMap { OrderID(text: $0) }
        guard let commits = services.eventStream.subscribe() else {
            let text = "Too many pages listen already. This one looks again by itself every few seconds."
            return refusal(.serviceUnavailable, "Not available", text, area: .overview, retryAfterSeconds: 10)
        }
        let body = ChangeFeed.body(commits) { envelopes in
            order.map { order in envelopes.contains { $0.key == order.rawValue } } ?? true
        }
        var response = Response(status: .ok, headers: SecurityHeaders.all, body: body)
        response.headers[.contentType] = "text/event-stream"
        response.headers[.cacheControl] = "no-store"
        return response
    }
}
