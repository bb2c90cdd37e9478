import Foundation

/// Figures of a test run, for whoever watches it.
enum Report {
    static func say(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

    static func figures(_ server: ServerBooks, _ sandbox: SandboxBooks) -> String {
        let payments = ["authorization", "capture", "void", "refund"].map { "\(sandbox.count($0)) \($0)s" }
        return """
            \(server.orders.count) orders, \(server.orders.count { $0.isCompleted }) completed, \
            \(sandbox.labels.count) labels (\(sandbox.labels.count { $0.isVoided }) voided), \
            \(payments.joined(separator: ", ")), \(server.doneEffects[.sendMail]?.count ?? 0) mails
            """
    }

    static func milliseconds(_ duration: Duration) -> Int64 {
        duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000
    }
}

/// Numbers by which a run is made longer than the suite's.
enum Environment {
    static func number(_ name: String) -> Int? { ProcessInfo.processInfo.environment[name].flatMap { Int($0) } }
}
