import BPMN
import Kernel
import OrdersService

/// The order process, one file: executed, drawn and audited.
enum ProcessFile {
    static let path = "processes/order-fulfillment.bpmn"

    static func bytes() throws(Fault) -> [UInt8] { try ProjectFiles.read(path) }

    /// - Throws: `file_missing`; `process_unusable` when it is no model that the engine can run.
    static func reader() throws(Fault) -> ProcessReader {
        let bytes = try bytes()
        do {
            return try ProcessReader(process: bytes)
        } catch {
            throw Fault("process_unusable", retryable: false, "\(path): \(error)")
        }
    }
}
