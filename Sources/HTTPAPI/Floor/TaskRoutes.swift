import Kernel
import Warehouse
import WarehouseService

/// Work on the warehouse floor, one by one and in batches.
enum TaskRoutes {
    static func all(_ services: APIServices) -> [Route] {
        TaskAction.allCases.map { action in
            .post("/v1/tasks/{id}/\(action.rawValue)", .scope(.floorWork)) { call async throws(Problem) in
                try await work(call, action, services)
            }
        } + [
            .get("/v1/tasks", .scope(.floorWork)) { call async throws(Problem) in try await list(call, services) },
            .get("/v1/tasks/{id}", .scope(.floorWork)) { call async throws(Problem) in try await get(call, services) },
            .get("/v1/handovers", .scope(.floorWork)) { call async throws(Problem) in
                try await readyForHandover(call, services)
            },
            .post("/v1/tasks/batch", .scope(.floorWork)) { call async throws(Problem) in
                try await batch(call, services)
            },
            .post("/v1/handovers", .scope(.floorWork)) { call async throws(Problem) in
                try await handOver(call, services)
            },
        ]
    }

    static let batchMax = 500

    /// Open work of one kind, the longest waiting first.
    private static func list(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        var query = call.query
        let page = query.page(parts: 2)
        let kind = query.parsed("kind", "one of \(WorkKind.names)") { name in
            WorkKind.allCases.first { $0.name == name }
        }
        let status = query.parsed("status", "one of ready, assigned, in_progress") { name in
            [WorkStatus.ready, .assigned, .inProgress].first { $0.name == name }
        }
        let warehouseID = query.id("warehouse_id", WarehouseKind.self)
        query.require("kind", kind)
        try query.finish()
        guard let kind else { preconditionFailure("the kind is missing") }
        let after = page.workCursor
        let tasks = try await services.warehouse.reads.ask { database throws(Fault) in
            try WarehouseQueries(database).openTasks(
                kind, in: warehouseID, status: status, after: after, limit: page.limit)
        }
        return .list(
            tasks, page, call: call, key: { [$0.since.milliseconds, $0.fulfillmentID.rawValue] }, { $0.write($1) })
    }

    private static func get(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        let id = try call.id("id", WorkTaskKind.self, "work task")
        let task = try await services.warehouse.reads.ask { database throws(Fault) in
            try WarehouseQueries(database).task(id)
        }
        guard let task else { throw .notFound("work task") }
        return .object { $0.write(task) }
    }

    /// Fulfillment orders whose parcels wait for their carrier, the longest waiting first.
    private static func readyForHandover(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        var query = call.query
        let page = query.page(parts: 2)
        let warehouseID = query.id("warehouse_id", WarehouseKind.self)
        try query.finish()
        let after = page.workCursor
        let ready = try await services.warehouse.reads.ask { database throws(Fault) in
            try WarehouseQueries(database).readyForHandover(in: warehouseID, after: after, limit: page.limit)
        }
        return .list(ready, page, call: call, key: { [$0.since.milliseconds, $0.id.rawValue] }) { json, fulfillment in
            json.member("fulfillment_id", fulfillment.id)
            json.member("order_id", fulfillment.orderID)
            json.member("warehouse_id", fulfillment.warehouseID)
            json.member("since", fulfillment.since)
            json.member("allowed_actions", array: ["hand_over"]) { $0.string($1) }
        }
    }

    private static func work(
        _ call: Call, _ action: TaskAction, _ services: APIServices
    ) async throws(Problem) -> Reply {
        let id = try call.id("id", WorkTaskKind.self, "work task")
        let body = try call.object()
        let work = action.read(id, body)
        body.finish()
        guard body.isValid, let work else { throw body.problem }
        return try await call.perform(.work(work), by: services.warehouse.mailbox) { reply in
            guard case .task(let task) = reply else { preconditionFailure("a task is answered: \(reply)") }
            return .object(200) { $0.write(task) }
        }
    }

    private static func batch(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        let body = try call.object()
        let works = body.objects("actions", count: 1...batchMax) { element -> WorkOnTask? in
            let id = element.id("task_id", WorkTaskKind.self)
            let action = element.parsed("action", "one of \(TaskAction.names)", TaskAction.init(rawValue:))
            guard let id, let action else { return nil }
            return action.read(id, element)
        }
        body.finish()
        guard body.isValid, let works else { throw body.problem }
        return try await call.perform(.workBatch(works), by: services.warehouse.mailbox) { reply in
            guard case .tasks(let results) = reply else { preconditionFailure("tasks are answered: \(reply)") }
            return .results(results, member: "task") { $0.write($1) }
        }
    }

    private static func handOver(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        let body = try call.object()
        let ids = body.strings("fulfillment_ids", count: 1...batchMax, "an id that begins with ful_") {
            FulfillmentID(text: $0)
        }
        body.finish()
        guard body.isValid, let ids else { throw body.problem }
        let actor = call.actor
        let commands = ids.map { HandOver(fulfillmentID: $0, actor: actor) }
        return try await call.perform(.handOverBatch(commands), by: services.warehouse.mailbox) { reply in
            guard case .handedOverEach(let results) = reply else {
                preconditionFailure("receipts are answered: \(reply)")
            }
            return .results(results, member: "handover") { $0.write($1) }
        }
    }
}

/// What can be done with a work task, by the last part of its address.
enum TaskAction: String, CaseIterable {
    case assign, start, complete, short, receive

    /// The address's word for an action that the context names.
    static func name(of action: String) -> String { action == "complete_short" ? short.rawValue : action }

    static let names = allCases.map(\.rawValue).joined(separator: ", ")

    /// Reads what the action needs beside the task; `nil` when an error was noted.
    func read(_ id: WorkTaskID, _ body: RequestObject) -> WorkOnTask? {
        guard let worker = body.string("worker", length: 1...64) else { return nil }
        switch self {
        case .assign: return WorkOnTask(taskID: id, worker: worker, action: .assign)
        case .start: return WorkOnTask(taskID: id, worker: worker, action: .start)
        case .complete: return WorkOnTask(taskID: id, worker: worker, action: .complete)
        case .short:
            let reason = body.string("reason", length: 1...200)
            let found = Self.lines("found", body)
            guard let reason, let found else { return nil }
            return WorkOnTask(taskID: id, worker: worker, action: .completeShort(reason: reason, found: found))
        case .receive:
            guard body.has("scrapped") else {
                return WorkOnTask(taskID: id, worker: worker, action: .receive(scrapped: []))
            }
            return Self.lines("scrapped", body).map {
                WorkOnTask(taskID: id, worker: worker, action: .receive(scrapped: $0))
            }
        }
    }

    private static func lines(_ name: String, _ body: RequestObject) -> [LineQuantity]? {
        body.objects(name, count: 0...2000) { element -> LineQuantity? in
            let line = element.int("line", in: 1...2000)
            let quantity = element.int("quantity", in: 0...WarehousePolicy.quantityMax)
            guard let line, let quantity else { return nil }
            return LineQuantity(line: line, quantity: quantity)
        }
    }
}

extension StoredAnswer {
    /// The answer to a batch: one result per element, in order, each with the status that it alone would have had.
    static func results<Element, Refusal: Rejection>(
        _ results: [Result<Element, Refusal>], member: StaticString,
        _ write: (inout JSONWriter, Element) -> Void
    ) -> StoredAnswer {
        .object(200) { json in
            json.member("results", array: results) { json, result in
                json.object { json in
                    switch result {
                    case .success(let element):
                        json.member("status", 200)
                        json.member(member, object: { write(&$0, element) })
                    case .failure(let rejection):
                        json.member("status", RejectionStatus.status(of: rejection))
                        json.member("code", rejection.code)
                        json.member("detail", rejection.detail)
                    }
                }
            }
        }
    }
}

extension WorkKind {
    static let names = allCases.map(\.name).joined(separator: ", ")
}

extension Page {
    var workCursor: WorkCursor? {
        after.map {
            WorkCursor(since: Instant(milliseconds: $0[0]), fulfillmentID: FulfillmentID(rawValue: $0[1]))
        }
    }
}
