import Kernel
import Logging
import Ports

/// What libraries and the API log, one line each on standard error: time, level, where, what, and facts as `name=value`.
///
/// Whatever others wrote into it stays within its line: nobody makes a line that looks like one of ours.
struct LogLines: LogHandler {
    let label: String
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info
    var metadataProvider: Logger.MetadataProvider?
    private let clock: any WallClock
    private let write: @Sendable (String) -> Void

    init(
        label: String, clock: any WallClock = SystemClock(),
        write: @escaping @Sendable (String) -> Void = { Terminal.tell($0) }
    ) {
        self.label = label
        self.clock = clock
        self.write = write
    }

    /// Sends everything that is logged in this process here. To be called once.
    static func begin() { LoggingSystem.bootstrap { LogLines(label: $0) } }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let facts = metadata.merging(metadataProvider?.get() ?? [:]) { $1 }.merging(event.metadata ?? [:]) { $1 }
            .sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        write("\(clock.now) \(event.level) \(label): \(event.message)\(facts)".onOneLine)
    }
}

extension String {
    /// With a blank in the place of every line end, escape and other control character.
    var onOneLine: String {
        var line = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: line.append(" ")
            default: line.append(scalar)
            }
        }
        return String(line)
    }
}
