import ArgumentParser
import Kernel
import Runtime

struct ClusterCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cluster",
        abstract: "Shows which process works on which partition, and how far each has come.",
        discussion: """
            Reads the services' databases, also while processes run. An epoch counts how often a partition changed
            hands; the lag is what a service has not reacted to yet, and for how long the first of it waits. Exit code 1
            when a partition has no owner.

            Examples:
              doorstep cluster
              doorstep cluster --data /var/lib/doorstep --json
            """)

    @OptionGroup var data: DataOption

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let report = try ClusterReport.read(try data.existing(), now: SystemClock().now)
        Terminal.say(json ? report.document : report.text)
        if report.entries.contains(where: { !$0.isOwned }) { throw ExitCode(ExitStatus.isNotWell.rawValue) }
    }
}
