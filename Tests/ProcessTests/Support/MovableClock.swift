import Foundation
import Synchronization
import Testing

/// The time of day of other processes, to be moved while they run. What measures how long something takes stays right,
/// as it does when a machine's clock is set.
///
/// A library of a few lines stands before the system's, since libfaketime moves the clocks that only measure as well.
final class MovableClock: Sendable {
    private let path: String
    private let library: String

    /// Seconds to add are read from a file that is mapped into each process.
    private static let source = """
        #define _GNU_SOURCE
        #include <fcntl.h>
        #include <stdint.h>
        #include <stdlib.h>
        #include <sys/mman.h>
        #include <sys/syscall.h>
        #include <sys/time.h>
        #include <time.h>
        #include <unistd.h>

        static volatile int64_t *seconds;

        __attribute__((constructor)) static void begin(void) {
            const char *path = getenv("MOVABLE_CLOCK");
            int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
            if (file < 0) return;
            void *map = mmap(0, sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
            if (map != MAP_FAILED) seconds = map;
            close(file);
        }

        int clock_gettime(clockid_t clock, struct timespec *now) {
            int result = syscall(SYS_clock_gettime, clock, now);
            int tells_the_day = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
            if (result == 0 && seconds && tells_the_day) now->tv_sec += *seconds;
            return result;
        }

        int gettimeofday(struct timeval *now, void *zone) {
            struct timespec time;
            if (clock_gettime(CLOCK_REALTIME, &time) != 0) return -1;
            now->tv_sec = time.tv_sec;
            now->tv_usec = time.tv_nsec / 1000;
            return 0;
        }

        time_t time(time_t *result) {
            struct timespec now;
            clock_gettime(CLOCK_REALTIME, &now);
            if (result) *result = now.tv_sec;
            return now.tv_sec;
        }
        """

    /// The compiler that the package's own C is compiled with, or the system's.
    private static let compiler: URL? = {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return ["clang", "cc"].lazy.flatMap { name in folders.map { "\($0)/\(name)" } }
            .first { FileManager.default.isExecutableFile(atPath: $0) }.map { URL(filePath: $0) }
    }()

    static var isPossible: Bool { compiler != nil }

    init(_ folder: TemporaryFolder) throws {
        path = "\(folder.path)/clock"
        library = "\(folder.path)/clock.so"
        try Data(count: 8).write(to: URL(filePath: path))
        let code = "\(folder.path)/clock.c"
        try Data(Self.source.utf8).write(to: URL(filePath: code))
        let process = Process()
        process.executableURL = Self.compiler
        process.arguments = ["-shared", "-fPIC", "-O1", "-o", library, code]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "the library was not compiled")
    }

    /// - Parameter seconds: from the machine's clock.
    func set(seconds: Int64) throws {
        // In its place, since the file is mapped; eight bytes are written at once.
        let file = try FileHandle(forUpdating: URL(filePath: path))
        defer { try? file.close() }
        try file.write(contentsOf: withUnsafeBytes(of: seconds) { Data($0) })
    }

    /// Of processes that go by this clock.
    var environment: [String: String] { ["LD_PRELOAD": library, "MOVABLE_CLOCK": path] }
}
