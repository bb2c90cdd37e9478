import ArgumentParser
import Foundation
import Kernel

/// The command line.
@main
struct Doorstep: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doorstep",
        abstract: "From checkout to doorstep: orders, warehouse and shipping, kept in step by events.",
        discussion: """
            Examples:
              doorstep serve --sandbox          the whole system with sandbox couriers and payments
              doorstep orders list              the newest orders
              doorstep audit                    checks every invariant and prints each with its figure
              doorstep backup backups/monday    a copy of everything while it runs

            Commands work on the data folder (--data). Those that only read do so directly, also while
            `doorstep serve` runs. Those that change something ask the server that runs on the folder;
            when none runs, they do it themselves.

            Results go to standard output, progress and problems to standard error; nothing is colored.
            Exit codes: 0 done, 1 something is not well (a broken invariant, a refusal), 64 wrong usage,
            65 malformed input, 66 what was named does not exist, 69 unavailable (port taken, folder in use,
            no answer), 70 internal fault, 73 the target cannot be made, 74 reading or writing failed.
            """,
        subcommands: [
            ServeCommand.self, DemoCommand.self, SandboxCommand.self, ImportCommand.self, OrderCommands.self,
            SearchCommands.self,
            AuditCommand.self, ClusterCommand.self, CircuitsCommand.self, DeadLettersCommand.self, KeysCommand.self,
            BackupCommand.self,
            BenchCommand.self, DrawCommand.self, MigrateCommand.self, VersionCommand.self,
        ])

    static func main() async {
        LogLines.begin()
        SharedThreads.useNetworkThreads()
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let fault as Fault {
            Terminal.tell("doorstep: \(fault.debugDetail)\(ExitStatus(fault) == .isNotWell ? "" : " (\(fault.code))")")
            Foundation.exit(ExitStatus(fault).rawValue)
        } catch {
            exit(withError: error)
        }
    }
}
