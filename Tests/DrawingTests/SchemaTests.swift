import Testing

@testable import doorstep

@Suite struct SchemaTests {
    @Test func everyTableIsReadWithItsColumns() async throws {
        let schema = try await Schema.read()
        #expect(schema.services.map(\.name) == ["Orders", "Warehouse", "Shipping"])
        let orders = try #require(schema.services[0].table("order_lines"))
        #expect(orders.columns.filter(\.isKey).map(\.name) == ["order_id", "line"])
        #expect(schema.runtime.table("dead_letters") != nil && schema.services[0].table("dead_letters") == nil)
        #expect(schema.access.table("api_keys") != nil)
    }

    @Test func everyColumnThatIsCalledLikeAnIDLeadsSomewhere() async throws {
        let schema = try await Schema.read()
        let known = Set(SchemaRelations.all(of: schema).map(\.from))
        for database in schema.services {
            for table in database.tables {
                for column in table.columns where column.name.hasSuffix("_id") {
                    let place = Place(database: database.name, table: table.name, column: column.name)
                    let isKnown = known.contains(place) || SchemaRelations.foreignNames.contains(column.name)
                    #expect(isKnown, "\(place): name it in SchemaRelations")
                }
            }
        }
    }

    @Test func aContextRefersToItsOwnRowsFirst() async throws {
        let relations = SchemaRelations.all(of: try await Schema.read())
        func target(_ database: String, _ table: String, _ column: String) -> Place? {
            relations.first { $0.from == Place(database: database, table: table, column: column) }?.to
        }
        #expect(target("Warehouse", "fulfillments", "order_id")?.database == "Warehouse")
        #expect(target("Shipping", "shipments", "order_id")?.database == "Orders")
        #expect(target("Warehouse", "hold_lines", "hold")?.table == "holds")
    }

    @Test func noTableStandsOnAnother() async throws {
        let schema = try await Schema.read()
        let boxes = SchemaDrawing.layout(schema).frames.flatMap(\.boxes)
        #expect(boxes.count > 30)
        for (index, one) in boxes.enumerated() {
            for other in boxes[(index + 1)...] {
                let isApart =
                    one.right <= other.x || other.right <= one.x || one.y + one.height <= other.y
                    || other.y + other.height <= one.y
                #expect(isApart, "\(one.table.name) and \(other.table.name)")
            }
        }
    }
}
