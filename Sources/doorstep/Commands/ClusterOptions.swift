import ArgumentParser
import Kernel

/// How a process shares the system with others.
struct ClusterOptions: ParsableArguments {
    @Flag(help: "Share the store with other processes: take a fair share of the partitions.")
    var share = false

    @Option(
        help: ArgumentHelp(
            "What this process does: orders, warehouse, shipping, search, api, separated by commas; several need --share.",
            valueName: "roles"),
        transform: { text in
            let names = text.split(separator: ",").map { Role(rawValue: String($0)) }
            guard !names.isEmpty, !names.contains(nil) else {
                throw ValidationError("--roles is a list of \(Role.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            return Set(names.compactMap(\.self))
        })
    var roles = Set<Role>.all

    @Option(help: "Into how many partitions a new store is divided, for ever; 1 to 256.")
    var partitions: Int?

    @Option(help: "Seconds that a lease outlives its last renewal, with --share.")
    var leaseSeconds = 5.0

    @Flag(help: "With --share: take whatever is free and give nothing back.")
    var takeAll = false

    @Option(help: "Where the other processes reach this one, with --share; by default --host and --port.")
    var address: String?

    func validate() throws {
        guard partitions.map(Partition.counts.contains) ?? true else {
            throw ValidationError("--partitions is 1 to \(Partition.counts.upperBound)")
        }
        guard (1...300).contains(leaseSeconds) else { throw ValidationError("--lease-seconds is 1 to 300") }
        guard share || (roles == .all && !takeAll && address == nil) else {
            throw ValidationError("--roles, --take-all and --address need --share")
        }
    }

    /// - Parameter url: where this process listens.
    func apply(to configuration: inout SystemConfiguration, url: String) {
        configuration.roles = roles
        configuration.partitions = partitions
        // On a server of their own the tables can always be another process's too.
        guard share || configuration.store?.isLockedWithFolder == false else { return }
        // PostgreSQL tells of commits; elsewhere they are looked for.
        let pause: Duration = configuration.store?.isLockedWithFolder == false ? .milliseconds(500) : .milliseconds(50)
        configuration.sharing = Sharing(
            leaseDuration: .milliseconds(Int64(leaseSeconds * 1000)), wantsAll: takeAll, idlePause: pause,
            address: address ?? url)
    }
}
