import Contracts
import Kernel
import Testing

@Suite("Events as JSON")
struct EventTests {
    @Test("the samples cover every type, each once and in the order of the context's page")
    func coverage() throws {
        #expect(try EventSamples.orders().map { Event.orders($0).type } == OrdersEvent.types)
        #expect(EventSamples.warehouseEvents().map { Event.warehouse($0).type } == WarehouseEvent.types)
        #expect(EventSamples.shipping().map { Event.shipping($0).type } == ShippingEvent.types)
        let types = OrdersEvent.types + WarehouseEvent.types + ShippingEvent.types
        #expect(Set(types).count == types.count)
    }

    @Test("every event reads back from its topic, type and bytes")
    func roundTrip() throws {
        for event in try EventSamples.all() + EventSamples.complete() {
            #expect(try Event(topic: event.topic, type: event.type, json: event.json) == event)
        }
    }

    @Test("the key is the order the payload names, or the product")
    func keys() throws {
        for event in try EventSamples.all() {
            let json = try JSONValue(parsing: event.json)
            let order = try json["order"].map { _ in try json.requireID("order", OrderKind.self).rawValue }
            #expect(try event.key == order ?? json.requireID("product", ProductKind.self).rawValue, "\(event.type)")
        }
    }

    @Test("a type of another topic or of no topic is unknown")
    func unknownTypes() throws {
        for event in try EventSamples.all() {
            for topic in Topic.allCases where topic != event.topic {
                expectFault("unknown_event", topic, event.type, event.json)
            }
        }
        for topic in Topic.allCases {
            for type in ["", "OrderTeleported", "ordercreated", "OrderCreated "] {
                expectFault("unknown_event", topic, type, Array("{}".utf8))
            }
        }
    }

    @Test("without any of its members, at any depth, an event is malformed")
    func missingMembers() throws {
        for event in try EventSamples.all() {
            let json = try JSONValue(parsing: event.json)
            let damaged = json.withoutOneMember()
            #expect(damaged.count >= json.object?.count ?? 1)
            for damage in damaged { expectFault("malformed_document", event.topic, event.type, damage.bytes) }
        }
    }

    @Test("with any of its members of another kind, an event is malformed")
    func otherKinds() throws {
        for event in try EventSamples.all() + EventSamples.complete() {
            let members = try #require(try JSONValue(parsing: event.json).object)
            for place in members.indices {
                var damaged = members
                damaged[place] = JSONMember(members[place].name, .bool(true))
                expectFault("malformed_document", event.topic, event.type, JSONValue.object(damaged).bytes)
            }
        }
    }

    @Test("bytes that are no JSON object are malformed", arguments: ["", "{", "[]", "null", "{} {}", "\u{FEFF}{}"])
    func noDocument(text: String) throws {
        for event in try EventSamples.all() {
            expectFault("malformed_document", event.topic, event.type, Array(text.utf8))
        }
    }

    @Test("a member that this version does not know is passed over")
    func unknownMember() throws {
        for event in try EventSamples.all() {
            let members = try #require(try JSONValue(parsing: event.json).object)
            let later = JSONValue.object(members + [JSONMember("added_later", .integer(1))])
            #expect(try Event(topic: event.topic, type: event.type, json: later.bytes) == event)
        }
    }

    @Test("no payload has a member for personal data")
    func personalData() throws {
        let personal: Set<String> = [
            "name", "email", "mail", "address", "street", "house", "city", "town", "zip", "postcode", "postal", "phone",
            "mobile", "card", "iban", "pan", "cvc", "birthday", "gender", "customer", "recipient", "addressee",
            "contact",
            "user", "person", "ip", "note", "comment", "message", "token",
        ]
        for event in try EventSamples.all() + EventSamples.complete() {
            for name in try JSONValue(parsing: event.json).memberNames() {
                if event.type == ProductRegistered.type && name == "name" { continue }  // The product's.
                let words = Set(name.lowercased().split(separator: "_").map(String.init))
                #expect(words.isDisjoint(with: personal), "\(event.type).\(name)")
            }
        }
    }

    @Test("a destination is no closer than a tenth of a degree")
    func coarseDestination() throws {
        let door = try #require(GeoPoint(latitude: 52.516_275, longitude: 13.377_704))
        let created = OrderCreated(
            orderID: EventSamples.order, lines: EventSamples.lines, destination: Destination(country: "DE", place: door)
        )
        let json = try JSONValue(parsing: Event.orders(.orderCreated(created)).json)
        #expect(json["destination"]?["place"]?["lat"] == .decimal(52.5))
        #expect(json["destination"]?["place"]?["lng"] == .decimal(13.4))
    }

    private func expectFault(
        _ code: String, _ topic: Topic, _ type: String, _ bytes: [UInt8],
        at location: SourceLocation = #_sourceLocation
    ) {
        do throws(Fault) {
            let event = try Event(topic: topic, type: type, json: bytes)
            Issue.record("\(String(decoding: bytes, as: UTF8.self)) was read as \(event)", sourceLocation: location)
        } catch {
            #expect(error.code == code && !error.isRetryable, "\(error)", sourceLocation: location)
        }
    }
}

extension JSONValue {
    /// The document once for each of its members, nested ones too, without that member.
    fileprivate func withoutOneMember() -> [JSONValue] {
        switch self {
        case .object(let members):
            members.indices.flatMap { place -> [JSONValue] in
                var fewer = members
                fewer.remove(at: place)
                return [.object(fewer)]
                    + members[place].value.withoutOneMember().map { damaged in
                        var others = members
                        others[place] = JSONMember(members[place].name, damaged)
                        return .object(others)
                    }
            }
        case .array(let elements):
            elements.indices.flatMap { place in
                elements[place].withoutOneMember().map { damaged in
                    var others = elements
                    others[place] = damaged
                    return .array(others)
                }
            }
        default: []
        }
    }

    /// The names of all members at all depths.
    fileprivate func memberNames() -> Set<String> {
        switch self {
        case .object(let members):
            members.reduce(into: []) { $0.formUnion($1.value.memberNames().union([$1.name])) }
        case .array(let elements): elements.reduce(into: []) { $0.formUnion($1.memberNames()) }
        default: []
        }
    }
}
