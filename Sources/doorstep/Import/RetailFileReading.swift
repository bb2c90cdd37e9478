import Foundation
import Kernel
import OnlineRetail

/// Brings the file's bytes to its reader, unpacked when they are packed.
enum RetailFileReading {
    /// - Parameters:
    ///   - path: a .csv or a .csv.xz; which of the two the first bytes tell.
    ///   - limit: use only so many orders and what happened until the last of them.
    /// - Throws: `file_unreadable`, `xz_corrupt`, `xz_truncated`, `xz_memory`, `not_online_retail`.
    static func read(_ path: String, firstOrders limit: Int?) throws(Fault) -> RetailFile {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw Fault("file_unreadable", retryable: false, "\(path) cannot be opened")
        }
        var reader = RetailReader()
        var decoder: XZDecoder?
        var isFirst = true
        while let piece = try next(handle, path), !piece.isEmpty {
            if isFirst, piece.starts(with: XZDecoder.magic) { decoder = try XZDecoder() }
            isFirst = false
            if let decoder {
                try decoder.decode(piece) { reader.read($0) }
            } else {
                reader.read(piece)
            }
        }
        try decoder?.finish { reader.read($0) }
        return try reader.finish(firstOrders: limit)
    }

    private static func next(_ handle: FileHandle, _ path: String) throws(Fault) -> [UInt8]? {
        do {
            return try handle.read(upToCount: 1 << 18).map { [UInt8]($0) }
        } catch {
            throw Fault("file_unreadable", retryable: false, "\(path): \(error.localizedDescription)")
        }
    }
}
