/// The schema as a picture and as a text.
enum SchemaDrawing {
    static func layout(_ schema: Schema) -> SchemaLayout {
        SchemaLayout([
            [(schema.services[0], 3), (schema.services[1], 3), (schema.services[2], 1)],
            [(schema.runtime, 9), (schema.access, 3)],
        ])
    }

    static func svg(_ schema: Schema) -> String {
        let layout = layout(schema)
        var canvas = SVGCanvas()
        for frame in layout.frames { draw(frame, on: &canvas) }
        // Behind the tables, so that no line crosses a text.
        for relation in SchemaRelations.all(of: schema) { draw(relation, layout, on: &canvas) }
        for frame in layout.frames {
            for box in frame.boxes { draw(box, color(of: frame.database.name), on: &canvas) }
        }
        let legend = "bold: key    ·    solid line: within one database    ·    dashed line: an id of another context"
        canvas.text(legend, x: 24, y: layout.height + 4, color: Palette.quiet)
        return canvas.document(width: layout.width, height: layout.height + 24, title: "Tables and their relations")
    }

    /// The same as a document.
    static func markdown(_ schema: Schema, picture: String) -> String {
        let relations = Dictionary(grouping: SchemaRelations.all(of: schema)) { $0.from }
        var text = """
            # Tables and their relations

            Drawn by `make docs` from databases that were just migrated. Keys are **bold**; between contexts there are no
            foreign keys, only ids.

            ![Tables and their relations](\(picture))

            """
        for database in schema.services + [schema.runtime, schema.access] {
            text += "\n## \(database.name)\n\n| table | columns |\n|---|---|\n"
            for table in database.tables {
                let columns = table.columns.map { column in
                    let name = column.isKey ? "**\(column.name)**" : column.name
                    let place = Place(database: database.name, table: table.name, column: column.name)
                    guard let to = relations[place]?.first?.to else { return name }
                    return "\(name) → \(to.database == database.name ? "" : to.database + ".")\(to.table)"
                }
                text += "| `\(table.name)` | \(columns.joined(separator: ", ")) |\n"
            }
        }
        return text
    }

    private static func color(of database: String) -> String {
        switch database {
        case "Orders": Palette.orders
        case "Warehouse": Palette.warehouse
        case "Shipping": Palette.shipping
        default: Palette.outside
        }
    }

    private static func draw(_ frame: SchemaLayout.Frame, on canvas: inout SVGCanvas) {
        canvas.rectangle(
            x: frame.x, y: frame.y, width: frame.width, height: frame.height, fill: "#f6f8fa", stroke: "#d0d7de",
            radius: 8)
        canvas.text(
            frame.database.name, x: frame.x + 16, y: frame.y + 23, size: 16, color: color(of: frame.database.name),
            isBold: true)
    }

    private static func draw(_ box: SchemaLayout.Box, _ color: String, on canvas: inout SVGCanvas) {
        canvas.rectangle(
            x: box.x, y: box.y, width: box.width, height: box.height, fill: Palette.paper, stroke: color, radius: 4)
        canvas.rectangle(
            x: box.x, y: box.y, width: box.width, height: SchemaLayout.titleHeight - 4, fill: color, radius: 4)
        canvas.text(box.table.name, x: box.x + 8, y: box.y + 14, color: Palette.paper, isBold: true)
        for column in box.table.columns {
            canvas.text(
                column.name, x: box.x + 8, y: box.rowY(column.name) + 4, size: 11,
                color: column.isRequired || column.isKey ? Palette.ink : Palette.quiet, isBold: column.isKey)
        }
    }

    private static func draw(_ relation: Relation, _ layout: SchemaLayout, on canvas: inout SVGCanvas) {
        guard let from = layout.box(relation.from), let to = layout.box(relation.to) else { return }
        let (fromY, toY) = (from.rowY(relation.from.column), to.rowY(relation.to.column))
        let isRightward = from.x < to.x
        let isSameColumn = from.x == to.x
        let fromX = isRightward ? from.right : from.x
        let toX = isRightward || isSameColumn ? to.x : to.right
        let bend = isSameColumn ? 30 : min(90, max(30, abs(toX - fromX) / 3))
        let fromControl = isRightward ? fromX + bend : fromX - bend
        let toControl = isRightward || isSameColumn ? toX - bend : toX + bend
        canvas.path(
            "M\(fromX) \(fromY) C\(fromControl) \(fromY) \(toControl) \(toY) \(toX) \(toY)",
            color: color(of: relation.to.database), isDashed: relation.crossesContexts, hasArrow: true)
    }
}
