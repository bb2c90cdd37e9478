import Foundation
import Testing

/// Mail may leave by the system's `sendmail` instead of the folder.
@Suite struct SendmailTests {
    @Test func customersAreWrittenToThroughSendmail() async throws {
        let program = try TemporaryFolder()
        let path = "\(program.path)/sendmail"
        let script = "#!/bin/sh\necho \"$@\" > '\(program.path)/arguments'\nexec cat > '\(program.path)/mail.'$$\n"
        try #require(
            FileManager.default.createFile(
                atPath: path, contents: Data(script.utf8), attributes: [.posixPermissions: 0o755]))
        var options = Installation.Options()
        options.failRate = 0
        options.serve = ["--sendmail", path, "--mail-from", "parcels@shop.example"]
        try await Installation.with(options) { installation in
            let shoppers = Shoppers(installation.shop, seed: 3, ordersMax: 1, cancelRate: 0)
            try await shoppers.run(clients: 1, pause: .zero)
            try await installation.settle()
            try await eventuallyTrue("mails about each step") {
                try Self.messages(program.path).contains { $0.contains("delivered") }
            }
            for message in try Self.messages(program.path) {
                // Long lines are folded.
                let message = message.replacing("=\n", with: "")
                #expect(message.contains("Follow it here: \(installation.url)/track/"), "\(message)")
                #expect(message.contains("From: \"Doorstep\"\n <parcels@shop.example>\n"), "\(message)")
                #expect(message.contains("To: \"A. Customer\"\n <c"), "\(message)")
            }
            #expect(try String(contentsOfFile: "\(program.path)/arguments", encoding: .utf8) == "-t -i\n")
            #expect(!FileManager.default.fileExists(atPath: "\(installation.dataPath)/mail"))
        }
    }

    private static func messages(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasPrefix("mail.") }
            .map { try String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8) }
    }
}
