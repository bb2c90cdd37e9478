import Foundation
import Testing

/// A file system in memory of a given size, so that a disk can be full.
final class SmallDisk: Sendable {
    let path: String

    /// Mounting needs root.
    static var isPossible: Bool { geteuid() == 0 }

    init(megabytes: Int) throws {
        path = NSTemporaryDirectory() + "doorstep-disk-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let mounted = mount("tmpfs", path, "tmpfs", 0, "size=\(megabytes)m")
        try #require(mounted == 0, "mounting \(path): \(String(cString: strerror(errno)))")
    }

    private var ballast: String { "\(path)/ballast" }

    /// Fills the disk to its last byte.
    func fill() throws {
        let descriptor = open(ballast, O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)
        try #require(descriptor >= 0, "\(ballast): \(String(cString: strerror(errno)))")
        defer { close(descriptor) }
        lseek(descriptor, 0, SEEK_END)
        for size in [1 << 20, 4096, 1] {
            let piece = [UInt8](repeating: 7, count: size)
            while write(descriptor, piece, size) > 0 {}
        }
        try #require(errno == ENOSPC, "\(String(cString: strerror(errno)))")
    }

    /// As a system does with a disk that it no longer trusts. Nobody may have a file open for writing.
    func setReadOnly(_ isReadOnly: Bool) throws {
        let flags = UInt(MS_REMOUNT) | (isReadOnly ? UInt(MS_RDONLY) : 0)
        let changed = mount("tmpfs", path, "tmpfs", flags, nil)
        try #require(changed == 0, "remounting \(path): \(String(cString: strerror(errno)))")
    }

    func free() throws { try FileManager.default.removeItem(atPath: ballast) }

    deinit {
        umount2(path, Int32(MNT_DETACH))
        // What cannot be removed is the system's to clean up: a temporary folder.
        try? FileManager.default.removeItem(atPath: path)
    }
}
