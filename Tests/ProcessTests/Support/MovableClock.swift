import Foundation
import Testing

/// The time of day of other processes, to be moved while they run. What measures how long something takes stays right.
final class MovableClock: Sendable {
    private let path: String

    private static let library =
        ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu"]
        .map { "\($0)/faketime/libfaketimeMT.so.1" }.first { FileManager.default.fileExists(atPath: $0) }

    /// `scripts/install-packages tests` installs it.
    static var isPossible: Bool { library != nil }

    init(_ folder: TemporaryFolder) throws {
        path = "\(folder.path)/clock"
        try set(seconds: 0)
    }

    /// - Parameter seconds: from the machine's clock.
    func set(seconds: Int) throws {
        let text = seconds < 0 ? "\(seconds)\n" : "+\(seconds)\n"
        // In one step, so that nobody reads half of it.
        try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
    }

    /// Of processes that go by this clock.
    var environment: [String: String] {
        [
            "LD_PRELOAD": Self.library ?? "", "FAKETIME_TIMESTAMP_FILE": path, "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1",
        ]
    }
}
