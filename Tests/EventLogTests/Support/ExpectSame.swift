import Contracts
import Testing

/// Two runs of events, told apart by their length and the first difference rather than by all they hold.
func expectSame(
    _ found: [Envelope], _ expected: [Envelope], _ comment: Comment? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    guard found != expected else { return }
    let index = zip(found, expected).enumerated().first { $0.element.0 != $0.element.1 }?.offset
    let places = (found.first?.position, found.last?.position)
    let difference =
        index.map { "the first difference at \($0): position \(found[$0].position)" } ?? "all of these agree"
    Issue.record(
        "\(comment?.rawValue ?? "") \(found.count) events, not \(expected.count), positions \(places): \(difference)",
        sourceLocation: sourceLocation)
}
