import Foundation

/// CPU time as the system accounts for it.
enum CPUTime {
    /// Of the calling thread.
    static var ofThread: Duration { read(CLOCK_THREAD_CPUTIME_ID) }

    /// Of all threads of this process, also those that have ended.
    static var ofProcess: Duration { read(CLOCK_PROCESS_CPUTIME_ID) }

    private static func read(_ clock: clockid_t) -> Duration {
        var time = timespec()
        clock_gettime(clock, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    /// Of each living thread, summed by the threads' names.
    ///
    /// - Source: proc(5), `/proc/self/task/TID/schedstat`: the first number is nanoseconds on a core.
    static func byThreadName() -> [String: Duration] {
        var times: [String: Duration] = [:]
        let tasks = "/proc/self/task"
        let numbers = (try? FileManager.default.contentsOfDirectory(atPath: tasks)) ?? []
        for number in numbers {
            // A thread may end between being listed and being read.
            guard let name = try? String(contentsOfFile: "\(tasks)/\(number)/comm", encoding: .utf8),
                let statistics = try? String(contentsOfFile: "\(tasks)/\(number)/schedstat", encoding: .utf8),
                let nanoseconds = statistics.split(separator: " ").first.flatMap({ Int64($0) })
            else { continue }
            times[name.trimmingCharacters(in: .whitespacesAndNewlines), default: .zero] += .nanoseconds(nanoseconds)
        }
        return times
    }
}

extension Duration {
    var inMicroseconds: Double {
        Double(components.seconds) * 1e6 + Double(components.attoseconds) / 1e12
    }

    var inSeconds: Double { inMicroseconds / 1e6 }
}
