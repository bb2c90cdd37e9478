import Glibc
import Kernel
import Synchronization

/// Where the runtime says what went wrong. One line per report, to standard error unless replaced.
public enum RuntimeLog {
    /// Takes one report, a line without its end.
    public typealias Sink = @Sendable (String) -> Void

    private static let sink = Mutex<Sink>({ line in
        let bytes = Array((line + "\n").utf8)
        _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    })

    /// Replaces the sink, for example by the process's logger.
    public static func replaceSink(_ replacement: @escaping Sink) { sink.withLock { $0 = replacement } }

    static func report(_ fault: Fault, _ context: String) {
        let line = "\(context): \(fault)".map { $0.isNewline ? " " : $0 }
        sink.withLock { $0 }(String(line))
    }
}
