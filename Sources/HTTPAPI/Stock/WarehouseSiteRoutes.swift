import Kernel
import Warehouse
import WarehouseService

/// Warehouses.
enum WarehouseSiteRoutes {
    static func all(_ services: APIServices) -> [Route] {
        [
            .get("/v1/warehouses", .scope(.stockRead)) { call async throws(Problem) in
                try await list(call, services)
            },
            .get("/v1/warehouses/{id}", .scope(.stockRead)) { call async throws(Problem) in
                try await get(call, services)
            },
            .post("/v1/warehouses", .scope(.stockWrite)) { call async throws(Problem) in
                try await create(call, services)
            },
        ]
    }

    private static func list(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        var query = call.query
        let page = query.page()
        try query.finish()
        let sites = try await services.warehouse.reads.ask { database throws(Fault) in
            try WarehouseQueries(database).warehouses()
        }
        let part = sites.filter { $0.id.rawValue > page.after?[0] ?? 0 }.prefix(page.limit)
        return .list(Array(part), page, call: call, key: { [$0.id.rawValue] }, { $0.write($1) })
    }

    private static func get(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        let id = try call.id("id", WarehouseKind.self, "warehouse")
        let site = try await services.warehouse.reads.ask { database throws(Fault) in
            try WarehouseQueries(database).warehouse(id)
        }
        guard let site else { throw .notFound("warehouse") }
        return .object { $0.write(site) }
    }

    private static func create(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        let body = try call.object()
        let code = body.string("code", length: 1...32)
        let gln = body.parsed("gln", required: false, "a GLN: 13 digits with a valid check digit") { GLN($0) }
        let name = body.string("name", length: 1...200)
        let country = body.country("country")
        let place = body.point("place")
        body.finish()
        guard body.isValid, let code, let name, let country, let place else { throw body.problem }
        let command = RegisterWarehouse(code: code, gln: gln, name: name, country: country, place: place)
        return try await call.perform(
            .registerWarehouse(command), by: services.warehouse.mailbox, audit: Audited("register_warehouse")
        ) { reply in
            guard case .warehouse(let site) = reply else { preconditionFailure("a warehouse is answered: \(reply)") }
            return .object(201, location: "/v1/warehouses/\(site.id)") { $0.write(site) }
        }
    }
}

extension RequestObject {
    /// ISO 3166-1 alpha-2.
    func country(_ name: String) -> String? {
        parsed(name, "a country of ISO 3166-1: two capital letters") { text in
            text.utf8.count == 2 && text.utf8.allSatisfy { (65...90).contains($0) } ? text : nil
        }
    }
}
