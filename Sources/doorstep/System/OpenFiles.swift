import Foundation

/// How many files and connections this process may have open.
enum OpenFiles {
    /// What databases, logs and calls to the outside need beside the clients' connections.
    private static let reserve = 256

    /// Asks the system for as many as it gives without privileges, and says how many clients that leaves room for: a
    /// server that runs out of them cannot even open its own files.
    ///
    /// - Parameter wanted: connections of clients, 1 or more.
    /// - Returns: from 16 to `wanted`.
    static func room(forClients wanted: Int) -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return wanted }
        let needed = rlim_t(wanted + reserve)
        if limit.rlim_cur < needed {
            var raised = limit
            raised.rlim_cur = min(needed, limit.rlim_max)
            if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 { limit = raised }
        }
        return limit.rlim_cur >= needed ? wanted : max(16, Int(limit.rlim_cur) - reserve)
    }
}
