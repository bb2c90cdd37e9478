import CLibPQ
import Kernel

/// What the server's and the library's errors mean for whoever asked.
enum PostgresFault {
    /// The fault that a result tells of.
    static func make(_ result: OpaquePointer, _ doing: String) -> Fault {
        func field(_ code: Character) -> String? {
            guard let ascii = code.asciiValue, let text = PQresultErrorField(result, Int32(ascii)) else { return nil }
            return String(cString: text)
        }
        let state = field("C") ?? ""
        let parts = [field("M"), field("D"), field("n").map { "constraint \($0)" }].compactMap { $0 }
        let message = parts.isEmpty ? String(cString: PQresultErrorMessage(result)) : parts.joined(separator: "; ")
        return make(state: state, "\(doing): \(message) (\(state))")
    }

    /// - Parameter state: five characters, as the SQL standard and PostgreSQL define them; empty when the connection
    ///   was lost before the server could say anything.
    static func make(state: String, _ detail: String) -> Fault {
        switch state {
        case "": return lost(detail)
        // Serialization failure, deadlock; a cached plan whose tables changed under it.
        case "40001", "40P01", "0A000": return Fault("database_conflict", retryable: true, detail)
        // A lock or a statement that took too long.
        case "55P03", "57014": return Fault("database_busy", retryable: true, detail)
        case "53100": return Fault("database_full", retryable: true, detail)
        case "25006": return Fault("database_read_only", retryable: true, detail)
        case "XX001", "XX002": return Fault("database_damaged", retryable: false, detail)
        default: break
        }
        switch state.prefix(2) {
        case "23": return Fault("constraint_violated", retryable: false, detail)
        // Connections, resources, an operator's doing, the disk; a transaction that the server gave up on.
        case "08", "53", "57", "58", "25": return lost(detail)
        default: return Fault("database_error", retryable: false, detail)
        }
    }

    static func lost(_ detail: String) -> Fault { Fault("database_unavailable", retryable: true, detail) }
}
