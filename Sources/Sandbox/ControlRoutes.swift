import Kernel

/// Makes parties misbehave, and shows what is in their books.
///
/// | request | answer |
/// |---|---|
/// | `GET /control/parties` | 200 the names that faults can be set for |
/// | `GET /control/faults/{party}` | 200 all faults |
/// | `POST /control/faults/{party}` | 200 all faults, the named ones changed |
/// | `DELETE /control/faults/{party}` | 200 all faults, none left |
/// | `GET /control/books` | 200 totals, and every label and operation by reference with how often it was asked for |
/// | `GET /control/books?totals=only` | 200 totals |
struct ControlRoutes: Sendable {
    let world: SandboxWorld
    let reporter: TrackingReporter?

    func answer(_ request: SandboxRequest) throws(SandboxRefusal) -> SandboxAnswer {
        switch (request.method, request.path.count, request.path.dropFirst().first) {
        case ("GET", 2, "parties"):
            return SandboxAnswer(200) { json in json.member("parties", array: world.parties) { $0.string($1) } }
        case ("GET", 2, "books"): return books(withEntries: request.query["totals"] != "only")
        case (let method, 3, "faults"): return try faults(method, request.path[2], request.body)
        default: throw SandboxRefusal(404, "no_such_path", request.path.joined(separator: "/"))
        }
    }

    private func faults(
        _ method: String, _ party: String, _ body: JSONValue
    ) throws(SandboxRefusal) -> SandboxAnswer {
        guard world.parties.contains(party) else { throw SandboxRefusal(404, "not_found", "no party '\(party)'") }
        let plan: FaultPlan
        switch method {
        case "GET": plan = world.faults(party)
        case "POST": plan = try world.changeFaults(party, by: body)
        case "DELETE":
            world.clearFaults(party)
            plan = FaultPlan()
        default: throw SandboxRefusal(405, "method_not_allowed", method)
        }
        return SandboxAnswer(200) { plan.write(&$0) }
    }

    private func books(withEntries: Bool) -> SandboxAnswer {
        let (couriers, payments, underWay, requests) = world.books()
        return SandboxAnswer(200) { json in
            json.member("couriers") { json in
                for books in couriers {
                    json.name(books.profile.code)
                    json.object { Self.write(books, requests, withEntries, &$0) }
                }
            }
            json.member("payments") { Self.write(payments, requests, withEntries, &$0) }
            json.member("tracking") { json in
                json.member("parcels_under_way", underWay)
                guard let reporter else { return }
                let figures = reporter.figures
                json.member("events", figures.events)
                json.member("messages_sent", figures.messagesSent)
                json.member("messages_taken", figures.messagesTaken)
                json.member("messages_given_up", figures.messagesGivenUp)
                json.member("messages_waiting", reporter.waiting)
            }
        }
    }

    private static func write(
        _ books: CourierBooks, _ requests: [String: Int64], _ withEntries: Bool, _ json: inout JSONWriter
    ) {
        json.member("requests", requests[books.profile.code] ?? 0)
        json.member("labels_booked", books.labels.count)
        json.member("labels_voided", books.labels.count(where: \.isVoided))
        json.member("shipments_with_several_labels", severalLabels(books))
        guard withEntries else { return }
        json.member("labels", array: books.labels) { json, label in
            json.object { json in
                json.member("reference", label.reference)
                json.member("shipment_id", label.shipmentID)
                json.member("tracking_number", label.trackingNumber)
                json.member("price", label.price)
                json.member("voided", label.isVoided)
                json.member("requests", label.requests)
                json.member("scans", label.scans)
            }
        }
    }

    /// Shipments with more than one label that counts.
    private static func severalLabels(_ books: CourierBooks) -> Int {
        var counts: [String: Int] = [:]
        for label in books.labels where !label.isVoided { counts[label.shipmentID, default: 0] += 1 }
        return counts.count { $0.value > 1 }
    }

    private static func write(
        _ books: PaymentBooks, _ requests: [String: Int64], _ withEntries: Bool, _ json: inout JSONWriter
    ) {
        json.member("requests", requests[SandboxWorld.paymentParty] ?? 0)
        json.member("totals") { json in
            for kind in PaymentBooks.Kind.allCases {
                json.name(kind.rawValue)
                json.object { json in
                    let operations = books.operations.filter { $0.kind == kind }
                    json.member("count", operations.count)
                    json.member("amount", operations.reduce(0) { $0 + $1.amount.amount })
                }
            }
        }
        guard withEntries else { return }
        json.member("operations", array: books.operations) { json, operation in
            json.object { json in
                json.member("reference", operation.reference)
                json.member("kind", operation.kind.rawValue)
                json.member("id", operation.id)
                json.member("authorization", books.authorizations[operation.authorization].id)
                json.member("amount", operation.amount)
                json.member("requests", operation.requests)
            }
        }
    }
}
