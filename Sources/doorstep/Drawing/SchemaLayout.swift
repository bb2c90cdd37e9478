/// Where every table stands: a frame for each database, and in it columns of tables, filled from the left.
struct SchemaLayout {
    struct Box {
        let x: Int
        let y: Int
        let width: Int
        let table: Schema.Table

        var height: Int { SchemaLayout.titleHeight + table.columns.count * SchemaLayout.rowHeight + 4 }
        var right: Int { x + width }

        /// The middle of a column's row.
        func rowY(_ column: String) -> Int {
            let index = table.columns.firstIndex { $0.name == column } ?? 0
            return y + SchemaLayout.titleHeight + index * SchemaLayout.rowHeight + SchemaLayout.rowHeight / 2
        }
    }

    struct Frame {
        let database: Schema.Database
        let x: Int
        let y: Int
        var width = 0
        var height = 0
        var boxes: [Box] = []
    }

    static let rowHeight = 15
    static let titleHeight = 24
    private static let gap = 24
    private static let gutter = 46
    private static let frameTitleHeight = 34

    private(set) var frames: [Frame] = []
    private(set) var width = 0
    private(set) var height = 0

    /// - Parameter columns: how many columns of tables each database gets; as many as it has tables at most.
    init(_ rows: [[(database: Schema.Database, columns: Int)]]) {
        var y = Self.gap
        for row in rows {
            var x = Self.gap
            var rowHeight = 0
            for (database, columns) in row {
                let frame = Self.frame(database, columns: columns, x: x, y: y)
                frames.append(frame)
                x += frame.width + Self.gutter
                rowHeight = max(rowHeight, frame.height)
            }
            width = max(width, x - Self.gutter + Self.gap)
            y += rowHeight + Self.gap
        }
        height = y
    }

    func box(_ place: Place) -> Box? {
        frames.first { $0.database.name == place.database }?.boxes.first { $0.table.name == place.table }
    }

    /// Tables in the order of the schema; each goes under the one before until the column is full.
    private static func frame(_ database: Schema.Database, columns: Int, x: Int, y: Int) -> Frame {
        let heights = database.tables.map { titleHeight + $0.columns.count * rowHeight + 4 + gap }
        let full = max(heights.max() ?? 0, heights.reduce(0, +) / columns + gap * 4)
        var frame = Frame(database: database, x: x, y: y)
        var columnX = x + gap
        var rest = database.tables[...]
        while !rest.isEmpty {
            var column: [Schema.Table] = []
            var used = 0
            while let next = rest.first {
                let height = titleHeight + next.columns.count * rowHeight + 4 + gap
                guard column.isEmpty || used + height <= full else { break }
                column.append(rest.removeFirst())
                used += height
            }
            let width = column.map(Self.width).max() ?? 0
            var boxY = y + frameTitleHeight
            for table in column {
                let box = Box(x: columnX, y: boxY, width: width, table: table)
                frame.boxes.append(box)
                boxY += box.height + gap
            }
            frame.height = max(frame.height, boxY - y)
            columnX += width + gutter
        }
        frame.width = columnX - gutter + gap - x
        return frame
    }

    private static func width(_ table: Schema.Table) -> Int {
        let longest = max(table.columns.map(\.name.count).max() ?? 0, table.name.count + 2)
        return longest * 7 + 34
    }
}
