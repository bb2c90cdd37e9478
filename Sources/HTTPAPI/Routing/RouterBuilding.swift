import Hummingbird
import Kernel
import Signing

/// The application's router with every route of the API. Others, such as the console, add their pages to it.
public func router(_ services: APIServices) -> Router<APIContext> {
    let router = Router(context: APIContext.self, options: .autoGenerateHeadEndpoints)
    let routes = APIRoutes.all(services)
    router.add(middleware: UnknownPaths(routes: routes))
    for route in routes {
        let endpoint = Endpoint(
            route: route, services: services, metrics: services.metrics.route(route.method.rawValue, route.path))
        router.on(route.routerPath, method: route.method) { request, context in
            await endpoint.respond(request, context)
        }
    }
    return router
}

/// Answers what no route matches: 405 with `Allow` where another method would match, else 404.
private struct UnknownPaths: RouterMiddleware {
    let routes: [Route]

    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError where error.status == .notFound {
            let allowed = Self.methods(routes.filter { $0.matches(request.uri.path) })
            var problem = Problem(.notFound, "There is nothing at this address.")
            if !allowed.isEmpty {
                problem = Problem(.methodNotAllowed, "This address does not take \(request.method.rawValue).")
                problem.headers[.allow] = allowed.joined(separator: ", ")
            }
            var random = SecureRandom()
            let trace = TraceContext(request.headers[.traceParent], using: &random)
            var response = Endpoint.render(problem, request, trace, context.logger)
            response.headers[.requestID] = trace.traceID
            return response
        }
    }

    /// Of the paths that say most: `/v1/stock/adjust` is no product of that name.
    private static func methods(_ routes: [Route]) -> [String] {
        let fewest = routes.map(\.parameterCount).min()
        return routes.filter { $0.parameterCount == fewest }.map(\.method.rawValue)
    }
}
