import Kernel
import Warehouse
import WarehouseService

/// Stock kept for carts before checkout.
enum HoldRoutes {
    static func all(_ services: APIServices) -> [Route] {
        [
            .post("/v1/holds", .scope(.ordersWrite)) { call async throws(Problem) in try await place(call, services) },
            .get("/v1/holds/{id}", .scope(.ordersRead)) { call async throws(Problem) in
                let hold = try await hold(call, services)
                return .object { $0.write(hold) }
            },
            .delete("/v1/holds/{id}", .scope(.ordersWrite)) { call async throws(Problem) in
                try await release(call, services)
            },
        ]
    }

    private static func hold(_ call: Call, _ services: APIServices) async throws(Problem) -> Hold {
        let id = try call.id("id", HoldKind.self, "hold")
        let hold = try await services.warehouse.reads.ask { database throws(Fault) in
            try WarehouseQueries(database).hold(id)
        }
        guard let hold else { throw .notFound("hold") }
        return hold
    }

    /// Gives up a hold; one that is given up or expired already is as good. One that an order took over is not.
    private static func release(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        let hold = try await hold(call, services)
        if hold.status == .released || hold.status == .expired { return .none }
        let command = WarehouseCommand.releaseHold(hold.id, actor: call.actor)
        do {
            return try await call.perform(command, by: services.warehouse.mailbox) { _ in StoredAnswer(204, []) }
        } catch {
            guard error.code == "hold_expired" else { throw error }
            return .none
        }
    }

    private static func place(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        let body = try call.object()
        let cart = body.string("cart", length: 1...128)
        let seconds = body.int("expires_in_seconds", in: 1...86_400)
        let place = body.point("place", required: false)
        let lines = body.objects("lines", count: 1...2000) { line -> (ProductReference, Int)? in
            let product = line.product()
            let quantity = line.int("quantity", in: 1...WarehousePolicy.quantityMax)
            guard let product, let quantity else { return nil }
            return (product, quantity)
        }
        body.finish()
        guard body.isValid, let cart, let seconds, let lines else { throw body.problem }
        let ids = try await services.products.resolve(
            lines.enumerated().map { ($1.0, "/lines/\($0)/sku") })
        let command = PlaceHold(
            cart: cart, lines: zip(ids, lines).map { PlaceHold.Line(productID: $0, quantity: $1.1) },
            duration: .seconds(seconds), place: place)
        return try await call.perform(.placeHold(command), by: services.warehouse.mailbox) { reply in
            guard case .hold(let hold) = reply else { preconditionFailure("a hold is answered: \(reply)") }
            return .object(201, location: "/v1/holds/\(hold.id)") { $0.write(hold) }
        }
    }
}
