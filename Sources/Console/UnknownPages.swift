import HTTPAPI
import Hummingbird
import Kernel
import Ports

/// Shows people a page where there is nothing; programs get the API's problem document.
struct UnknownPages: RouterMiddleware {
    let clock: any WallClock

    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError where error.status == .notFound && Self.isFromPerson(request) {
            return Page.problem(
                .notFound, "There is nothing at this address", "Please check the link.",
                area: .customer
            ).response(at: clock)
        }
    }

    /// A browser's address bar asks for HTML by name.
    private static func isFromPerson(_ request: Request) -> Bool {
        let accepted = request.headers[values: .accept].joined(separator: ",")
        return request.method == .get && !request.uri.path.hasPrefix("/v1/") && accepted.contains("text/html")
    }
}
