import Kernel

/// What a command's exit code tells a script.
///
/// - Source: the codes from 64 on are those of BSD's `sysexits`.
enum ExitStatus: Int32 {
    /// The command ran and what it found or did is not well: a broken invariant, an order not at its end, a refusal.
    case isNotWell = 1
    case usage = 64
    case inputMalformed = 65
    /// A folder, file or order that was named does not exist.
    case inputMissing = 66
    /// A port is taken, another process uses the folder, or a server does not answer: later it may work.
    case unavailable = 69
    case internalFault = 70
    /// The target exists already or cannot be made.
    case targetUnusable = 73
    case storageFault = 74

    init(_ fault: Fault) {
        self =
            switch fault.code {
            case "data_folder_missing", "file_missing", "file_unreadable", "no_such_order", "no_such_dead_letter",
                "no_such_key":
                .inputMissing
            case "not_online_retail", "xz_corrupt", "xz_truncated": .inputMalformed
            case "already_running", "port_taken", "not_listening", "server_unreachable", "database_busy", "lease_held",
                "store_empty":
                .unavailable
            case "data_folder_unusable", "backup_target_unusable": .targetUnusable
            case "database_unavailable", "database_full", "database_read_only", "database_damaged": .storageFault
            case "backup_by_server": .usage
            case "refused", "still_unhandled": .isNotWell
            default: .internalFault
            }
    }
}
