import Foundation
import Testing

@Suite struct SwiftCheckTests {
    @Test(arguments: [
        ("echo 'Swift version 6.2 (swift-6.2-RELEASE)'", 0, ""),
        ("echo 'Apple Swift version 10.0 (swiftlang)'", 0, ""),
        ("echo 'Swift version 6.1.3 (swift-6.1.3-RELEASE)'", 1, "Swift 6.1 is too old"),
        ("echo garbage", 1, "is no Swift: garbage"),
        ("echo 'no libfoo' >&2; exit 127", 1, "does not run: no libfoo"),
    ])
    func aSwiftThatDoesNotDoIsNamed(script: String, status: Int32, message: String) async throws {
        let folder = try TemporaryFolder()
        let swift = URL(filePath: "\(folder.path)/swift")
        try Data("#!/bin/sh\n\(script)\n".utf8).write(to: swift)
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: swift.path)
        let run = try await CommandRun(
            program: Self.check, [], environment: ["PATH": "\(folder.path):/usr/bin:/bin"])
        #expect(run.status == status)
        #expect(message.isEmpty ? run.errors.isEmpty : run.errors.contains(message), "\(run.errors)")
    }

    private static var check: URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "scripts/check-swift")
    }
}
