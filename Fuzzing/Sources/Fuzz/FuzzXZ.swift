import Kernel
import OnlineRetail

/// Any bytes either unpack or are refused; what they unpack to is not kept.
func fuzzXZ(_ bytes: [UInt8]) {
    var length = 0
    do throws(Fault) {
        let decoder = try XZDecoder()
        try decoder.decode(bytes) { length += $0.count }
        try decoder.finish { length += $0.count }
    } catch {
        precondition(error.code.hasPrefix("xz_"), "\(error)")
    }
}
