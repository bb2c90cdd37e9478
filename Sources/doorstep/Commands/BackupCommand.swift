import ArgumentParser
import Foundation
import Kernel

struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copies all databases as of one moment into a new folder, also while `doorstep serve` runs.",
        discussion: """
            Writers wait for a moment at the beginning and go on while it copies. The folder appears under its name
            when it is whole. It is a data folder: `doorstep audit --data FOLDER` checks it, and to restore it, stop
            the server and start it with --data FOLDER (see docs/operations.md). Not in it: messages that were sent
            (mail/), and what belongs to the sandbox.

            Examples:
              doorstep backup backups/monday
              doorstep backup /mnt/backups/$(date +%F) --data /var/lib/doorstep
            """)

    @Argument(help: "The folder to make; it must not exist.")
    var folder: String

    @OptionGroup var data: DataOption

    func run() throws {
        let source = try data.existing()
        let progress = ProgressLine()
        do {
            defer { progress.end() }
            try FolderBackup.make(of: source, at: folder) { progress.show($0) }
        }
        Terminal.say("'\(folder)' holds everything of '\(source.path)' as of its beginning.")
    }
}
