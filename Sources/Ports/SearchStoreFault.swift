import Kernel

extension Fault {
    /// A database's fault in the words of ``SearchIndex``, for an index that is kept in one: `search_read_only`,
    /// `search_overloaded`, `search_unavailable` (all retryable) or `search_error`. What is in these words already stays.
    public static func ofSearchStore(_ fault: Fault) -> Fault {
        switch fault.code {
        case "search_index_missing": fault
        case "database_read_only": Fault("search_read_only", retryable: true, fault.debugDetail)
        case "database_busy": Fault("search_overloaded", retryable: true, fault.debugDetail)
        // Written again, it changes nothing when it had taken place.
        case "commit_unknown": Fault("search_unavailable", retryable: true, fault.debugDetail)
        default:
            Fault(
                fault.isRetryable ? "search_unavailable" : "search_error", retryable: fault.isRetryable,
                fault.debugDetail)
        }
    }
}
