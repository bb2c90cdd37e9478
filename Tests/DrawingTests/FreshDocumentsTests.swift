import Foundation
import Testing

@testable import doorstep

@Suite struct FreshDocumentsTests {
    @Test(arguments: [
        (DrawCommand.Subject.lifecycle, "order-lifecycle.svg"), (.schema, "entity-relationships.svg"),
        (.tables, "entity-relationships.md"), (.events, "order-events.svg"),
    ]) func whatIsShownIsWhatIs(subject: DrawCommand.Subject, name: String) async throws {
        let drawn = try await DrawCommand.draw(subject)
        let docs = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "docs")
        let shown = String(decoding: try Data(contentsOf: docs.appending(path: name)), as: UTF8.self)
        let isFresh = drawn == shown
        #expect(isFresh, "docs/\(name) shows what was: run make docs")
    }
}
