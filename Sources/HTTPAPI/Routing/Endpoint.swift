import Hummingbird
import Kernel
import Logging
import NIOCore
import Runtime
import Signing
import Synchronization

/// Takes a request through everything that all routes have in common, in a fixed order: trace, key, scope, rate, body,
/// idempotency key, handling with a time limit, rendering, counting.
struct Endpoint: Sendable {
    let route: Route
    let services: APIServices
    let metrics: RouteMetrics

    func respond(_ request: Request, _ context: APIContext) async -> Response {
        let start = ContinuousClock.now
        var random = SecureRandom()
        let trace = TraceContext(request.headers[.traceParent], using: &random)
        var response: Response
        do throws(Problem) {
            response = try await reply(to: request, context, trace).response
        } catch {
            response = Self.render(error, request, trace, context.logger)
        }
        response.headers[.requestID] = trace.traceID
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
        metrics.count(status: response.status.code, ContinuousClock.now - start)
        return response
    }

    /// A problem as a response; faults go to the log, since the caller learns nothing of them.
    static func render(_ problem: Problem, _ request: Request, _ trace: TraceContext, _ logger: Logger) -> Response {
        if let fault = problem.fault {
            logger.error("\(fault.code)", metadata: ["trace_id": "\(trace.traceID)", "detail": "\(fault.debugDetail)"])
        }
        let document = problem.json(instance: request.uri.path, traceID: trace.traceID)
        var reply = Reply(problem.status, "application/problem+json", document)
        reply.headers.append(contentsOf: problem.headers)
        if let seconds = problem.retryAfter { reply.headers[.retryAfter] = String(seconds) }
        if problem.status == 401 { reply.headers[.wwwAuthenticate] = "Bearer realm=\"doorstep\"" }
        return reply.response
    }

    private func reply(
        to request: Request, _ context: APIContext, _ trace: TraceContext
    ) async throws(Problem) -> Reply {
        let caller = try await admit(request, context)
        try services.limit(caller, context)
        try checkContentType(request)
        let services = services
        let route = route
        let parameters = context.parameters
        let body = try await Self.collect(request.body, services, context)
        let handle: @Sendable ([UInt8], String) async throws(Problem) -> Reply = { body, keySuffix in
            let isForwarded = !keySuffix.isEmpty || Forwarding.isForwarded(request, services)
            let call = try Self.call(request, keySuffix, parameters, body, caller, trace, route, isForwarded)
            return try await Self.handle(call, route, services)
        }
        let handling: @Sendable () async -> Result<Reply, Problem> = {
            do throws(Problem) {
                do throws(Problem) {
                    return .success(try await handle(body, ""))
                } catch {
                    let forwarding = Forwarding(request: request, body: body, services: services, handleHere: handle)
                    return .success(try await forwarding.follow(error))
                }
            } catch {
                return .failure(error)
            }
        }
        // Time that the caller asked to wait is not time that we took.
        let limit = services.configuration.requestTimeout + .seconds(Call.waitSeconds(request))
        let late = Result<Reply, Problem>.failure(.timedOut)
        let result = await Deadline.race(limit, late: late, by: services.timeouts, handling)
        return try result.get()
    }

    /// Who asks.
    ///
    /// - Throws: 401 without a valid key, 403 without the scope.
    private func admit(_ request: Request, _ context: APIContext) async throws(Problem) -> Caller? {
        switch route.access {
        case .open, .signed: return nil
        case .local(let scope):
            if context.isLocal, services.configuration.metricsAreOpenLocally { return nil }
            return try await authenticated(request, scope)
        case .scope(let scope): return try await authenticated(request, scope)
        }
    }

    private func authenticated(_ request: Request, _ scope: Scope) async throws(Problem) -> Caller {
        let field = request.headers[.authorization] ?? ""
        let parts = field.split(separator: " ", maxSplits: 1)
        let token = parts.count == 2 && parts[0].lowercased() == "bearer" ? parts[1] : ""
        let caller = try await services.access.authenticate(token)
        guard caller.scopes.contains(scope) else {
            throw Problem(.scopeMissing, "This needs an API key with the scope \(scope.rawValue).")
        }
        return caller
    }

    private func checkContentType(_ request: Request) throws(Problem) {
        guard !route.contentTypes.isEmpty else { return }
        let field = request.headers[.contentType] ?? ""
        let type = Call.trimmed(field.split(separator: ";", maxSplits: 1).first ?? "").lowercased()
        guard route.contentTypes.contains(type) else {
            throw Problem(
                .unsupportedMediaType, "The body must be \(route.contentTypes.joined(separator: " or ")).")
        }
    }

    /// Reads the body. It has one reader at any time: when the time is over, the connection is read no more, which
    /// ends the reading here, and only then is the request answered.
    ///
    /// - Throws: 413 for a body that is too large, 408 for one that comes too slowly.
    private static func collect(
        _ body: RequestBody, _ services: APIServices, _ context: APIContext
    ) async throws(Problem) -> [UInt8] {
        let isLate = Flag()
        let limit = services.timeouts.after(services.configuration.bodyTimeout) {
            isLate.raise()
            context.stopReading()
        }
        defer { services.timeouts.cancel(limit) }
        let late = Problem(.requestTimeout, "The body came too slowly.")
        do throws(Problem) {
            let bytes = try await collect(body, upTo: services.configuration.bodyBytesMax)
            // What was read until then is no body.
            if isLate.isRaised { throw late }
            return bytes
        } catch {
            if isLate.isRaised { throw late }
            if error.status == 413 { context.stopReading() }
            throw error
        }
    }

    private static func collect(_ body: RequestBody, upTo limit: Int) async throws(Problem) -> [UInt8] {
        var bytes: [UInt8] = []
        do {
            for try await part in body {
                guard bytes.count + part.readableBytes <= limit else {
                    throw Problem(.bodyTooLarge, "A body may have at most \(limit) bytes.")
                }
                bytes.append(contentsOf: part.readableBytesView)
            }
        } catch let problem as Problem {
            throw problem
        } catch {
            throw Problem(.malformedJSON, "The body could not be read to its end.")
        }
        return bytes
    }

    private static func call(
        _ request: Request, _ keySuffix: String, _ parameters: Parameters, _ body: [UInt8], _ caller: Caller?,
        _ trace: TraceContext, _ route: Route, _ isForwarded: Bool
    ) throws(Problem) -> Call {
        var headers = request.headers
        if let key = headers[.idempotencyKey] { headers[.idempotencyKey] = key + keySuffix }
        var idempotency: IdempotencyKey?
        if route.needsIdempotencyKey, let caller {
            idempotency = try IdempotencyKey.read(
                headers, client: caller.keyID, method: request.method, path: request.uri.path, body: body)
        }
        return Call(
            method: request.method, path: request.uri.path, queryText: request.uri.query ?? "",
            queryParameters: request.uri.queryParameters, headers: headers, parameters: parameters, body: body,
            caller: caller, trace: trace, isForwarded: isForwarded, idempotency: idempotency)
    }

    private static func handle(_ call: Call, _ route: Route, _ services: APIServices) async throws(Problem) -> Reply {
        guard let key = call.idempotency else { return try await route.handle(call) }
        guard services.inFlight.begin(key) else { throw .keyInFlight }
        defer { services.inFlight.end(key) }
        return try await route.handle(call)
    }
}

extension Problem {
    static let timedOut = Problem(
        .timedOut, "This took too long. It may yet be done: repeat it with the same Idempotency-Key.", retryAfter: 1)
}

/// Raised once, by whoever comes first.
private final class Flag: Sendable {
    private let state = Mutex(false)

    var isRaised: Bool { state.withLock { $0 } }

    func raise() { state.withLock { $0 = true } }
}
