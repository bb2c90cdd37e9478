import Contracts
import Kernel
import Runtime

/// Inputs that could not be handled: look at them, try them again, give one up.
enum DeadLetterRoutes {
    static func all(_ services: APIServices) -> [Route] {
        [
            .get("/v1/dead-letters/{service}", .scope(.auditRead)) { call async throws(Problem) in
                try await list(call, services)
            },
            .post("/v1/dead-letters/{service}/{id}/replay", .scope(.keysManage)) { call async throws(Problem) in
                try await act(call, services) { call async throws(Problem) in
                    _ = try call.emptyObject()
                    return ("replay_dead_letter", { .replay(key: $0.key) }, "")
                }
            },
            .post("/v1/dead-letters/{service}/{id}/discard", .scope(.keysManage)) { call async throws(Problem) in
                try await act(call, services) { call async throws(Problem) in
                    let body = try call.object()
                    let reason = body.string("reason", length: 1...200)
                    body.finish()
                    guard body.isValid, let reason else { throw body.problem }
                    return ("discard_dead_letter", { .discard(id: $0.id, reason: reason) }, reason)
                }
            },
        ]
    }

    private typealias Wish = (
        action: String, request: @Sendable (DeadLetters.Letter) -> DeadLetterRequest.Action, detail: String
    )

    private static func service(_ call: Call) throws(Problem) -> ParkingService {
        guard let service = ParkingService(rawValue: call.parameter("service")) else { throw .notFound("service") }
        return service
    }

    private static func list(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        let service = try service(call)
        var query = call.query
        let page = query.page()
        try query.finish()
        let letters = try await services.reads(service).ask { database throws(Fault) in
            try DeadLetters.list(database, limit: page.limit, after: page.after?[0] ?? 0)
        }
        return .list(letters, page, call: call, key: { [$0.id] }, { $0.write($1) })
    }

    /// Replays the parked inputs of a letter's key, or discards the letter; the audit log remembers who did it.
    private static func act(
        _ call: Call, _ services: APIServices, _ read: (Call) async throws(Problem) -> Wish
    ) async throws(Problem) -> Reply {
        let service = try service(call)
        let wish = try await read(call)
        guard let id = Int64(call.parameter("id")), id > 0, let key = call.idempotency else {
            throw .notFound("dead letter")
        }
        if let reply = try await services.access.replay(key) { return reply }
        let letter = try await services.reads(service).ask { database throws(Fault) in
            try DeadLetters.list(database, limit: 1, after: id - 1).first
        }
        guard let letter, letter.id == id else { throw .notFound("dead letter") }
        guard letter.discardedBecause == nil else {
            throw Problem(.stateConflict, "This dead letter was discarded already.")
        }
        try services.requireOwner(of: service, letter.partition)
        let record = AuditRecord(
            actor: call.actor, action: wish.action, subject: "\(service.rawValue)/\(id)", reason: wish.detail,
            before: JSONWriter.text { $0.writeHead(of: letter) })
        let count = try await request(wish.request(letter), letter.partition, record, service, services)
        let answer = StoredAnswer.object(200) { $0.member("handled", count) }
        try await attempt { () async throws(Fault) in try await services.access.keep(answer, under: key) }
        return answer.reply
    }

    private static func request(
        _ action: DeadLetterRequest.Action, _ partition: Int, _ record: AuditRecord, _ service: ParkingService,
        _ services: APIServices
    ) async throws(Problem) -> Int {
        let result = await withCheckedContinuation { continuation in
            services.submit(
                DeadLetterRequest(action, partition: partition, audit: record) { continuation.resume(returning: $0) },
                to: service)
        }
        do throws(Fault) {
            return try result.get()
        } catch {
            if error.isRetryable { throw Problem(error) }
            throw Problem(.stateConflict, "It still cannot be handled: \(error.code).")
        }
    }
}

extension JSONWriter {
    /// Without its payload, which may be long.
    mutating func writeHead(of letter: DeadLetters.Letter) {
        member("id", letter.id)
        // A key is an order's, a product's or an endpoint's number, and may exceed what some readers take exactly.
        member("key", String(letter.key))
        member("input", letter.input)
        member("label", letter.label)
    }

    /// The members of a letter, into the current object.
    public mutating func write(_ letter: DeadLetters.Letter) {
        writeHead(of: letter)
        member("payload", letter.payload)
        if let error = letter.error { member("error", error) }
        member("parked_at", letter.parkedAt)
        if let reason = letter.discardedBecause { member("discarded_because", reason) }
        member("allowed_actions", array: letter.discardedBecause == nil ? ["replay", "discard"] : []) { $0.string($1) }
    }
}

extension Call {
    /// For commands that need no members: the body must be `{}`.
    func emptyObject() throws(Problem) -> RequestObject {
        let body = try object()
        body.finish()
        guard body.isValid else { throw body.problem }
        return body
    }
}
