import Foundation
import Kernel
import Ports
import Runtime
import Synchronization
import WarehouseService

/// The floor's staff of a demo: a thread that does what is due, through the same commands as people.
final class Staff: Sendable {
    private let isStopping = Atomic(false)
    private let signal = Signal()
    private let hasStopped = Signal()

    init(
        _ worker: AutoWorker, database: any Database,
        mailbox: ServiceMailbox<WarehouseLogic.Command, WarehouseLogic.Reply>,
        clock: any WallClock
    ) {
        let thread = Thread { [self] in
            defer { hasStopped.raise() }
            while !isStopping.load(ordering: .acquiring) {
                do throws(Fault) {
                    let connection = try database.connect(.read)
                    defer { connection.close() }
                    while !isStopping.load(ordering: .acquiring) {
                        try work(worker, connection, mailbox, clock)
                        signal.wait(atMost: .milliseconds(20))
                    }
                } catch {
                    Terminal.tell("The auto-worker begins anew: \(error)")
                    signal.wait(atMost: .seconds(1))
                }
            }
        }
        thread.name = "staff"
        thread.start()
    }

    /// One round: submits what is due and waits until it is committed, so that nothing is submitted twice.
    private func work(
        _ worker: AutoWorker, _ connection: any DatabaseConnection,
        _ mailbox: ServiceMailbox<WarehouseLogic.Command, WarehouseLogic.Reply>, _ clock: any WallClock
    ) throws(Fault) {
        let due = try worker.commands(connection, now: clock.now)
        // Other processes' staff do what is theirs.
        let commands = due.flatMap { mailbox.partsHere(of: $0) }
        guard !commands.isEmpty else { return }
        let group = DispatchGroup()
        for command in commands {
            group.enter()
            mailbox.submit(Submission(command) { _ in group.leave() })
        }
        group.wait()
    }

    func stop() {
        isStopping.store(true, ordering: .releasing)
        signal.raise()
        hasStopped.wait(atMost: .seconds(2))
    }
}
