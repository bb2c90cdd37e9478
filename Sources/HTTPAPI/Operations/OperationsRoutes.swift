import Contracts
import Kernel
import Orders
import Ports
import Warehouse

/// Whether the system is well.
enum OperationsRoutes {
    static func all(_ services: APIServices) -> [Route] {
        [
            .get("/livez", .open) { call async throws(Problem) in .object { $0.member("status", "ok") } },
            .get("/readyz", .open) { call async throws(Problem) in try await readiness(services) },
            .get("/metrics", .local(or: .auditRead)) { call async throws(Problem) in try await metrics(services) },
            .get("/openapi.yaml", .open) { call async throws(Problem) in try openAPI(services) },
            .get("/v1/stats", .scope(.ordersRead)) { call async throws(Problem) in try await stats(services) },
            .get("/v1/circuits", .scope(.auditRead)) { call async throws(Problem) in
                try call.query.finish()
                return .object { json in
                    json.member("data", array: services.circuits()) { json, circuit in
                        json.object { circuit.write(&$0) }
                    }
                }
            },
            .get("/v1/audit", .scope(.auditRead)) { call async throws(Problem) in try audit(services) },
        ]
    }

    /// Ready when the store of every service of this process answers within two seconds.
    private static func readiness(_ services: APIServices) async throws(Problem) -> Reply {
        for topic in Topic.allCases where services.isHere(topic) {
            let reads = services.reads(topic)
            let answers = await Deadline.race(.seconds(2), late: false, by: services.timeouts) {
                do throws(Problem) {
                    return try await reads.ask { database throws(Fault) in try database.integer("SELECT 1") } == 1
                } catch {
                    return false
                }
            }
            guard answers else {
                throw Problem(.unavailable, "The store of \(topic.rawValue) does not answer.", retryAfter: 2)
            }
        }
        return .object { $0.member("status", "ready") }
    }

    private static func metrics(_ services: APIServices) async throws(Problem) -> Reply {
        var text = MetricsText()
        services.metrics.write(&text)
        let figures = try await services.figures()
        figures.write(&text)
        figures.writePartitions(&text, now: services.clock.now)
        try await RelayMetrics.write(services, &text)
        text.family("doorstep_circuit_open", "gauge", "1 while calls to a destination are held back.")
        for circuit in services.circuits() {
            text.sample(
                "doorstep_circuit_open", [("destination", circuit.destination)], circuit.state == "closed" ? 0 : 1)
        }
        text.family("doorstep_audit_holds", "gauge", "1 while every invariant holds.")
        if let report = services.auditBoard.latest { text.sample("doorstep_audit_holds", [], report.holds ? 1 : 0) }
        text.family("doorstep_event_listeners", "gauge", "Open server-sent event streams.")
        text.sample("doorstep_event_listeners", [], Double(services.eventStream.subscriberCount))
        return Reply(200, MetricsText.contentType, Array(text.text.utf8))
    }

    private static func openAPI(_ services: APIServices) throws(Problem) -> Reply {
        guard let document = OpenAPIFile.bytes(services.configuration.openAPIPath) else {
            throw Problem(.notFound, "The file logistics-v1.yaml was not found on this server.")
        }
        return Reply(200, "application/yaml", document).with(.cacheControl, "no-cache")
    }

    private static func stats(_ services: APIServices) async throws(Problem) -> Reply {
        let figures = try await services.figures()
        return .object { figures.write(&$0) }
    }

    /// The latest result of the background audit.
    private static func audit(_ services: APIServices) throws(Problem) -> Reply {
        guard let report = services.auditBoard.latest else {
            throw Problem(.unavailable, "The audit has not run yet.", retryAfter: 5)
        }
        return .object { json in
            json.member("holds", report.holds)
            json.member("finished_at", report.finishedAt)
            json.member("checks", array: report.checks) { json, check in
                json.object { json in
                    json.member("name", check.name)
                    json.member("figure", check.figure)
                    json.member("holds", check.holds)
                    json.member("offenders", array: check.offenders) { $0.string($1) }
                }
            }
        }
    }
}

extension SystemFigures {
    func write(_ text: inout MetricsText) {
        text.family("doorstep_orders", "gauge", "Orders by status.")
        for state in OrderState.allCases {
            text.sample("doorstep_orders", [("status", state.name)], Double(orders[state] ?? 0))
        }
        text.family("doorstep_shipments", "gauge", "Shipments by status.")
        for entry in shipments {
            text.sample("doorstep_shipments", [("status", entry.status.name)], Double(entry.count))
        }
        text.family("doorstep_open_work", "gauge", "Fulfillment orders that somebody can work on, by step.")
        for (step, count) in openWork.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            text.sample("doorstep_open_work", [("step", step.name)], Double(count))
        }
        text.family("doorstep_topic_head", "counter", "The last position of a topic.")
        for (topic, head) in heads.sorted(by: { $0.key < $1.key }) {
            text.sample("doorstep_topic_head", [("topic", topic.rawValue)], Double(head))
        }
        text.family("doorstep_lag_events", "gauge", "Events that a service has not reacted to yet.")
        for entry in lag {
            text.sample(
                "doorstep_lag_events", [("service", entry.service.rawValue), ("topic", entry.topic.rawValue)],
                Double(entry.events))
        }
        text.family("doorstep_effects_pending", "gauge", "Calls to the outside that have not ended.")
        for kind in EffectKind.allCases {
            let count = pendingEffects.reduce(0) { $1.kind == kind.name ? $0 + $1.count : $0 }
            text.sample("doorstep_effects_pending", [("kind", kind.name)], Double(count))
        }
        text.family("doorstep_dead_letters", "gauge", "Inputs that wait for a person.")
        for (service, count) in deadLetters.sorted(by: { $0.key < $1.key }) {
            text.sample("doorstep_dead_letters", [("service", service.rawValue)], Double(count))
        }
    }

    func writePartitions(_ text: inout MetricsText, now: Instant) {
        text.family("doorstep_partition_owned", "gauge", "1 while a partition has an owner whose lease runs.")
        for (service, ownership) in ownerships {
            text.sample(
                "doorstep_partition_owned",
                [
                    ("service", service.rawValue), ("partition", String(ownership.partition)),
                    ("owner", ownership.owner),
                ], ownership.expiresAt > now ? 1 : 0)
        }
        text.family("doorstep_partition_epoch", "counter", "How often a partition changed hands.")
        for (service, ownership) in ownerships {
            text.sample(
                "doorstep_partition_epoch",
                [("service", service.rawValue), ("partition", String(ownership.partition))], Double(ownership.epoch))
        }
    }

    func write(_ json: inout JSONWriter) {
        json.member("orders") { json in
            for state in OrderState.allCases {
                json.name(state.name)
                json.integer(orders[state] ?? 0)
            }
        }
        json.member("shipments") { json in
            for entry in shipments {
                json.name(entry.status.name)
                json.integer(entry.count)
            }
        }
        json.member("open_work") { json in
            for (step, count) in openWork.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                json.name(step.name)
                json.integer(Int64(count))
            }
        }
        json.member("lag", array: lag) { json, entry in
            json.object { json in
                json.member("service", entry.service.rawValue)
                json.member("topic", entry.topic.rawValue)
                json.member("events", entry.events)
            }
        }
        json.member("pending_effects", array: pendingEffects) { json, entry in
            json.object { json in
                json.member("service", entry.service.rawValue)
                json.member("kind", entry.kind)
                json.member("count", entry.count)
            }
        }
        json.member("dead_letters") { json in
            for (service, count) in deadLetters.sorted(by: { $0.key < $1.key }) {
                json.name(service.rawValue)
                json.integer(count)
            }
        }
    }
}
