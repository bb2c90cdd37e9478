/// A story as a sequence diagram: time goes down, every participant has a lane.
enum EventsDrawing {
    private static let laneWidth = 190
    private static let top = 64
    private static let rowHeight = 24

    static func svg(_ story: OrderStory) -> String {
        var canvas = SVGCanvas()
        let height = top + story.messages.count * rowHeight + 50
        for lane in OrderStory.Lane.allCases { draw(lane, height: height, on: &canvas) }
        for (index, message) in story.messages.enumerated() {
            draw(message, y: top + (index + 1) * rowHeight, on: &canvas)
        }
        canvas.text(
            "●  a fact in the service's log, with arrows to whoever acts on it    ·    dashed: commands, calls and answers",
            x: 24, y: height - 10, color: Palette.quiet)
        return canvas.document(
            width: laneWidth * OrderStory.Lane.allCases.count, height: height + 8,
            title: "The events of one order, from checkout to the door")
    }

    private static func x(_ lane: OrderStory.Lane) -> Int {
        (OrderStory.Lane.allCases.firstIndex(of: lane) ?? 0) * laneWidth + laneWidth / 2
    }

    private static func color(_ lane: OrderStory.Lane) -> String {
        switch lane {
        case .orders: Palette.orders
        case .warehouse: Palette.warehouse
        case .shipping: Palette.shipping
        case .shopper, .payments, .floor, .courier: Palette.outside
        }
    }

    private static func draw(_ lane: OrderStory.Lane, height: Int, on canvas: inout SVGCanvas) {
        let x = x(lane)
        canvas.path("M\(x) 44 V\(height - 34)", color: "#d0d7de")
        canvas.rectangle(x: x - 74, y: 14, width: 148, height: 30, fill: color(lane), radius: 5)
        canvas.text(lane.rawValue, x: x, y: 34, size: 13, color: Palette.paper, isBold: true, anchor: .middle)
    }

    private static func draw(_ message: OrderStory.Message, y: Int, on canvas: inout SVGCanvas) {
        let from = x(message.from)
        let color = color(message.from)
        let isEvent = message.kind == .event
        for target in OrderStory.Lane.allCases where message.to.contains(target) {
            let end = x(target)
            canvas.path(
                "M\(from) \(y) H\(end + (end > from ? -3 : 3))", color: color, isDashed: !isEvent, hasArrow: true)
        }
        if isEvent { canvas.dot(x: from, y: y, radius: 4, color: color) }
        // A text stands over its arrow; a fact without one has its text beside it.
        let goesLeft = !message.to.isEmpty && message.to.allSatisfy { x($0) < from }
        canvas.text(
            message.label, x: goesLeft ? from - 8 : from + 8, y: y - 4, size: 11, color: color, isBold: isEvent,
            anchor: goesLeft ? .end : .start)
    }
}
