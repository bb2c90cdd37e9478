import ArgumentParser
import Kernel

struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Brings the databases to this version's tables, and does nothing else.",
        discussion: """
            `doorstep serve` does the same at its start. Refused while another process uses the folder.

            Example:
              doorstep migrate --data /var/lib/doorstep
            """)

    @OptionGroup var data: DataOption

    func run() async throws {
        var configuration = SystemConfiguration()
        let folder = try data.existing()
        configuration.dataPath = folder.path
        configuration.store = folder.store
        let system = try await DoorstepSystem.start(configuration, gateway: nil, observers: [])
        await system.stop()
        Terminal.say("The databases in '\(data.data)' are up to date.")
    }
}
