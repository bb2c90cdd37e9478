import ArgumentParser

/// The command line.
@main
struct Doorstep: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doorstep",
        abstract: "From checkout to doorstep: orders, warehouse and shipping, kept in step by events.",
        discussion: """
            Examples:
              doorstep serve --sandbox          the whole system with sandbox couriers and payments
              doorstep audit                    checks every invariant and prints each with its figure
              doorstep dead-letters list        what could not be handled, and why
            """,
        subcommands: [
            ServeCommand.self, DemoCommand.self, SandboxCommand.self, ImportCommand.self, AuditCommand.self,
            DeadLettersCommand.self, KeysCommand.self, BenchCommand.self, MigrateCommand.self, VersionCommand.self,
        ])
}
