import Kernel

/// How a process shares its services' partitions with other processes.
struct Sharing: Sendable, Equatable {
    /// How long a lease outlives its last renewal: so long it takes at most until another process takes over from one
    /// that was killed.
    var leaseDuration = Duration.seconds(5)
    /// Takes whatever is free and gives nothing back.
    var wantsAll = false
    /// How long a worker sleeps that nobody wakes: what other processes commit is found by looking.
    var idlePause = Duration.milliseconds(200)
    /// Where the other processes reach this one; empty when they cannot.
    var address = ""
}
