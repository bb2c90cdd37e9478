import Foundation

/// Figures of a test run, for whoever watches it.
enum Report {
    static func say(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}
