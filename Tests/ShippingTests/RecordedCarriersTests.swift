import Foundation
import Kernel
import Testing

@testable import Shipping

/// Statuses that real carriers sent, as others recorded them. The recordings are not part of this project.
@Suite struct RecordedCarriersTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../shared/data/carriers").standardizedFileURL
    static let isThere = FileManager.default.fileExists(atPath: folder.path)
    static let comment: Comment = "needs the recorded data beside the project, in ../shared/data/carriers"

    @Test(.enabled(if: isThere, comment)) func everyNormalizedStatusIsOneOfOurs() throws {
        let text = try String(contentsOf: Self.folder.appending(path: "carrier_status_map.csv"), encoding: .utf8)
        let words = Set(
            text.split(whereSeparator: \.isNewline).dropFirst().compactMap { line in
                line.split(separator: ",").last.map { $0.trimmingCharacters(in: CharacterSet(charactersIn: "\" \r")) }
            })
        #expect(words.count == 11)
        for word in words { #expect(CarrierStatusMap.status(ofAggregated: word) != nil, "\(word)") }
    }

    @Test(.enabled(if: isThere, comment)) func aRecordedWebhookFoldsToItsOwnStatus() throws {
        let data = try Data(
            contentsOf: Self.folder.appending(path: "easypost-fixtures-MIT/official/fixtures/event-body.json"))
        let tracker = try #require(try JSONValue(parsing: Array(data))["result"])
        try expectFold(of: tracker)
    }

    @Test(.enabled(if: isThere, comment)) func recordedTrackersFoldToTheirOwnStatus() throws {
        var trackers: [JSONValue] = []
        for name in ["test_tracker_all", "test_tracker_create", "test_tracker_retrieve"] {
            let file = Self.folder.appending(path: "easypost-cassettes-MIT/tests/cassettes/\(name).yaml")
            for body in Self.bodies(try String(contentsOf: file, encoding: .utf8)) {
                let document = try JSONValue(parsing: Array(body.utf8))
                trackers += document["trackers"]?.array ?? [document]
            }
        }
        #expect(trackers.count >= 6)
        for tracker in trackers { try expectFold(of: tracker) }
    }

    private func expectFold(of tracker: JSONValue) throws {
        let details = try #require(tracker["tracking_details"]?.array)
        let word = try #require(tracker["status"]?.string)
        // A tracker that was just made has no history yet.
        guard !details.isEmpty else { return }
        let events = try details.enumerated().map { index, detail in
            TrackingEvent(
                id: Int64(index), carrier: try #require(tracker["carrier"]?.string),
                status: try #require(CarrierStatusMap.status(ofAggregated: detail["status"]?.string ?? "")),
                occurredAt: try #require(Instant(rfc3339: detail["datetime"]?.string ?? "")))
        }
        let expected = CarrierStatusMap.status(ofAggregated: word)
        var random = SeededGenerator(seed: 5)
        for _ in 0..<20 {
            let state = TrackingFold.fold((events + events).shuffled(using: &random), maximumAttempts: 3)
            #expect(state.status == expected, "\(word)")
        }
    }

    /// The response bodies of a recording: strings in single quotes, folded over lines.
    private static func bodies(_ yaml: String) -> [String] {
        var bodies: [String] = []
        var rest = yaml[...]
        while let start = rest.firstRange(of: "string: '") {
            rest = rest[start.upperBound...]
            guard let end = rest.firstRange(of: "'\n") else { break }
            bodies.append(
                rest[..<end.lowerBound].split(separator: "\n")
                    .map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: " ")
                    .replacing("''", with: "'"))
            rest = rest[end.upperBound...]
        }
        return bodies
    }
}
