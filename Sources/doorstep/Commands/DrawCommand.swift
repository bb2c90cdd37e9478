import ArgumentParser
import Foundation
import Kernel

/// What the documents show is drawn from the system itself; `make docs` calls it.
struct DrawCommand: AsyncParsableCommand {
    enum Subject: String, CaseIterable, ExpressibleByArgument, Sendable {
        case lifecycle, schema, tables, events
    }

    static let configuration = CommandConfiguration(
        commandName: "draw",
        abstract: "Draws the process, the tables or the events of one order.",
        discussion: """
            lifecycle  the order process, from its BPMN file
            schema     all tables and their relations, from fresh databases
            tables     the same as a Markdown document
            events     what one order causes, recorded while it goes through the services

            Example:
              doorstep draw events --output docs/order-events.svg
            """,
        shouldDisplay: false)

    @Argument(help: "What to draw.")
    var subject: Subject

    @Option(help: "The file to write; without it, to the terminal.")
    var output: String?

    func run() async throws {
        let drawing = try await Self.draw(subject)
        guard let output else { return Terminal.say(drawing) }
        try Self.write(drawing, to: output)
    }

    static func draw(_ subject: Subject) async throws(Fault) -> String {
        switch subject {
        case .lifecycle: try LifecycleDrawing.svg()
        case .schema: SchemaDrawing.svg(try await Schema.read())
        case .tables: SchemaDrawing.markdown(try await Schema.read(), picture: "entity-relationships.svg")
        case .events: EventsDrawing.svg(try await OneOrderRun.story())
        }
    }

    private static func write(_ drawing: String, to path: String) throws(Fault) {
        do {
            try drawing.write(toFile: path, atomically: true, encoding: .utf8)
        } catch {
            throw Fault("file_unwritable", retryable: false, "\(path): \(error.localizedDescription)")
        }
    }
}
