import Kernel
import Runtime

/// Administration of API keys.
enum KeyRoutes {
    static func all(_ services: APIServices) -> [Route] {
        [
            .get("/v1/keys", .scope(.keysManage)) { call async throws(Problem) in try await list(call, services) },
            .post("/v1/keys", .scope(.keysManage)) { call async throws(Problem) in try await create(call, services) },
            .post("/v1/keys/{id}/rotate", .scope(.keysManage)) { call async throws(Problem) in
                try await rotate(call, services)
            },
            .delete("/v1/keys/{id}", .scope(.keysManage)) { call async throws(Problem) in
                try await revoke(call, services)
            },
        ]
    }

    private static func list(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        var query = call.query
        let page = query.page()
        try query.finish()
        let keys = try await attempt { () async throws(Fault) in try await services.access.list() }
        let part = keys.filter { $0.id.rawValue > (page.after?[0] ?? 0) }.prefix(page.limit)
        return .list(Array(part), page, call: call, key: { [$0.id.rawValue] }) { json, key in
            KeyDocument.write(key, nil, &json)
        }
    }

    private static func create(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        let body = try call.object()
        let name = body.string("name", length: 1...100)
        let scopes = body.strings(
            "scopes", count: 1...Scope.allCases.count, "a scope such as orders:read", Scope.init(rawValue:))
        let expiresAt = body.instant("expires_at", required: false)
        if let expiresAt, expiresAt <= services.clock.now { body.refuse("expires_at", "must be in the future") }
        body.finish()
        guard body.isValid, let name, let scopes, let key = call.idempotency else { throw body.problem }
        try refuseMore(scopes, than: call.caller, body)
        if let reply = try await services.access.replay(key) { return reply }
        // The kept answer is without the token: that is shown once, and only its hash is stored.
        let keep = KeptAnswer<APIKey>(key: key) { made in
            .object(201, location: "/v1/keys/\(made.id)") { KeyDocument.write(made, nil, &$0) }
        }
        let made = try await attempt { () async throws(Fault) in
            try await services.access.create(
                name: name, scopes: Set(scopes), expiresAt: expiresAt, actor: call.actor, keep: keep)
        }
        return .object(201) { KeyDocument.write(made.key, made.token, &$0) }.with(.location, "/v1/keys/\(made.key.id)")
    }

    /// Nobody gives more than they have: else `keys:manage` would be every scope.
    private static func refuseMore(
        _ scopes: [Scope], than caller: Caller?, _ body: RequestObject
    ) throws(Problem) {
        for (index, scope) in scopes.enumerated() where caller?.scopes.contains(scope) != true {
            body.refuse("scopes/\(index)", "is beyond the scopes of the key that asks")
        }
        if !body.isValid { throw body.problem }
    }

    private static func rotate(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        let id = try call.id("id", APIKeyKind.self, "API key")
        let body = try call.object()
        let overlap = body.int("overlap_seconds", required: false, in: 0...7 * 86_400)
        body.finish()
        guard body.isValid, let key = call.idempotency else { throw body.problem }
        if let reply = try await services.access.replay(key) { return reply }
        let duration = overlap.map { Duration.seconds($0) } ?? AccessStore.rotationOverlap
        let keep = KeptAnswer<Instant>(key: key) { until in
            .object(200) { writeRotation(id, until, nil, &$0) }
        }
        let until = services.clock.now + duration
        let token = try await attempt { () async throws(Fault) in
            try await services.access.rotate(id, overlap: duration, actor: call.actor, keep: keep)
        }
        guard let token else { throw .notFound("API key") }
        return .object { writeRotation(id, until, token, &$0) }
    }

    private static func revoke(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        let id = try call.id("id", APIKeyKind.self, "API key")
        let isKnown = try await attempt { () async throws(Fault) in try await services.access.list() }
            .contains { $0.id == id }
        guard isKnown else { throw .notFound("API key") }
        _ = try await attempt { () async throws(Fault) in try await services.access.revoke(id, actor: call.actor) }
        return .none
    }

    private static func writeRotation(
        _ id: APIKeyID, _ until: Instant, _ token: String?, _ json: inout JSONWriter
    ) {
        json.member("id", id)
        json.member("former_secret_until", until)
        if let token { json.member("token", token) }
    }
}
