import Contracts
import Dispatch
import HTTPAPI
import Kernel
import Runtime

/// Checks the invariants again and again while a server runs, for the console's green or red line.
final class BackgroundAudit: Sendable {
    private let running = DispatchGroup()
    private let task: Task<Void, Never>
    private static let pause = Duration.seconds(15)

    init(_ server: RunningServer) {
        let running = running
        running.enter()
        task = Task {
            await Self.run(server)
            running.leave()
        }
    }

    /// Begins no other.
    func askToStop() { task.cancel() }

    /// Waits for the one that runs: it holds the databases' logs open, and whoever closes last brings all into the files.
    ///
    /// - Parameter limit: an audit of a large store takes longer, and then goes with the process.
    func stop(within limit: Duration) async {
        askToStop()
        let running = running
        await OwnThread.run { _ = running.wait(timeout: .now() + .milliseconds(Int(limit.inMilliseconds))) }
    }

    private static func run(_ server: RunningServer) async {
        let folder = server.system.folder
        // Other processes look at their own services.
        let topics = Topic.allCases.filter { server.configuration.system.roles.runs($0) }
        while !Task.isCancelled {
            let search = server.services.search != nil
            let result = await OwnThread.run {
                Result { () throws(Fault) in try SystemAudit.run(folder, of: topics, search: search) }
            }
            switch result {
            case .success(let checks):
                server.services.auditBoard.post(AuditReport(finishedAt: server.system.clock.now, checks: checks))
            case .failure(let error): Terminal.tell("The audit could not run: \(error)")
            }
            do {
                try await Task.sleep(for: pause)
            } catch {
                return
            }
        }
    }
}
