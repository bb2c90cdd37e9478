import Contracts
import HTTPAPI
import Hummingbird
import Kernel
import Logging
import NIOCore
import Orders
import Synchronization

/// Adds the pages that people look at: server-rendered, whole without JavaScript, live with it.
///
/// `GET /`, `/orders/{id}`, `/stock`, `/console/events` show operations data. Until there are sessions they are served
/// only when the server is bound to this machine's own address **and** the request's `Host` names it, or when
/// ``ConsoleServices/openConsole`` is set; otherwise they answer 403. `GET /track/{token}` is for customers, and open to
/// whoever has the token.
public func addConsole(to router: Router<APIContext>, _ services: ConsoleServices) {
    let console = ConsoleRoutes(services: services)
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
    router.get("/track/{token}") { _, context in
        await console.page(.customer, context) { () async throws(Fault) in
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
        guard access.admits(authority: request.head.authority) else { return Self.closed.response }
        return await page(.overview, context, make)
    }

    func page(_ area: Page.Area, _ context: APIContext, _ make: () async throws(Fault) -> Page) async -> Response {
        do throws(Fault) {
            return try await make().response
        } catch {
            context.logger.error("\(error.code)", metadata: ["detail": "\(error.debugDetail)"])
            let text = "The page cannot be shown at the moment. Please try again shortly."
            return Page.problem(.serviceUnavailable, "Not available", text, area: area).response
        }
    }

    private static let closed = Page.problem(
        .forbidden, "The console is closed",
        "These pages are shown on the machine itself only, unless the configuration opens them.", area: .customer)

    func asset(_ contentType: String, _ text: String) -> Response {
        var response = Response(
            status: .ok, headers: SecurityHeaders.all, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
        response.headers[.contentType] = contentType
        response.headers[.cacheControl] = "public, max-age=60"
        return response
    }

    /// Says that something changed, at most twice a second, for all orders or for one; the script then looks again. It
    /// waits a second before it does, so that nothing is missed between two messages.
    func events(_ request: Request) -> Response {
        guard access.admits(authority: request.head.authority) else { return Self.closed.response }
        let order = request.uri.queryParameters.get("order").flatMap { OrderID(text: $0) }
        guard let commits = services.eventStream.subscribe() else {
            let text = "Too many pages listen already."
            return Page.problem(.serviceUnavailable, "Not available", text, area: .overview).response
        }
        let pace = ChangePace()
        let body = ServerSentEvents.body(commits) { envelopes in
            if let order, !envelopes.contains(where: { $0.key == order.rawValue }) { return "" }
            return pace.isDue(ContinuousClock.now) ? ServerSentEvents.message(event: "change", data: "1") : ""
        }
        var response = Response(status: .ok, headers: SecurityHeaders.all, body: body)
        response.headers[.contentType] = "text/event-stream"
        response.headers[.cacheControl] = "no-store"
        return response
    }
}

/// Lets one message through every half second.
final class ChangePace: Sendable {
    static let interval = Duration.milliseconds(500)
    private let last = Mutex<ContinuousClock.Instant?>(nil)

    func isDue(_ now: ContinuousClock.Instant) -> Bool {
        last.withLock { last in
            if let last, now - last < Self.interval { return false }
            last = now
            return true
        }
    }
}
