/// A column of a table of a database.
struct Place: Sendable, Hashable {
    let database: String
    let table: String
    let column: String
}

/// A column holds the key of a row of another table.
struct Relation: Sendable, Hashable {
    let from: Place
    let to: Place

    /// Between contexts there is no foreign key: each has a database of its own, and keeps the id alone.
    var crossesContexts: Bool { from.database != to.database }
}

/// Which columns hold whose ids. Most tables name it by convention, and few by a foreign key: a batch writes its rows
/// in any order.
enum SchemaRelations {
    /// The name of a column → the table whose key it holds, and the database that owns it.
    static let conventions: [String: (database: String, table: String)] = [
        "order_id": ("Orders", "orders"),
        "product": ("Orders", "products"), "product_id": ("Orders", "products"),
        "warehouse": ("Warehouse", "warehouses"), "warehouse_id": ("Warehouse", "warehouses"),
        "fulfillment": ("Warehouse", "fulfillments"), "fulfillment_id": ("Warehouse", "fulfillments"),
        "parent_id": ("Warehouse", "fulfillments"),
        "hold": ("Warehouse", "holds"), "hold_id": ("Warehouse", "holds"),
        "shipment": ("Shipping", "shipments"), "shipment_id": ("Shipping", "shipments"),
        "endpoint_id": ("Orders", "webhook_endpoints"),
        "return_id": ("Orders", "returns"),
    ]

    /// Columns that end like an id and are none of ours: other parties' names for things, and messages' own.
    static let foreignNames: Set<String> = ["authorization_id", "message_id"]

    /// What the schema declares, what the conventions say, and where a context keeps its own row for another's thing.
    static func all(of schema: Schema) -> [Relation] {
        var relations: [Relation] = []
        for database in schema.services {
            relations += database.foreignKeys
            for table in database.tables {
                let known = Set(database.foreignKeys.filter { $0.from.table == table.name }.map(\.from.column))
                for column in table.columns where !known.contains(column.name) {
                    let from = Place(database: database.name, table: table.name, column: column.name)
                    if let to = target(of: column.name, from, database, schema) {
                        relations.append(Relation(from: from, to: to))
                    }
                }
            }
        }
        return relations
    }

    private static func target(
        of column: String, _ from: Place, _ database: Schema.Database, _ schema: Schema
    ) -> Place? {
        if column == "id" {
            guard let owner = conventions.values.first(where: { $0.table == from.table }),
                owner.database != from.database
            else { return nil }
            return place(owner.database, owner.table, schema)
        }
        guard let owner = conventions[column] else { return nil }
        // A context that keeps its own row refers to that.
        return place(database.name, owner.table, schema) ?? place(owner.database, owner.table, schema)
    }

    private static func place(_ database: String, _ table: String, _ schema: Schema) -> Place? {
        guard schema.services.first(where: { $0.name == database })?.table(table) != nil else { return nil }
        return Place(database: database, table: table, column: "id")
    }
}
