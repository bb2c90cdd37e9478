import Foundation
import Synchronization

/// How far long work is, on standard error: one line that is rewritten on a terminal, a line now and then elsewhere.
final class ProgressLine: Sendable {
    enum Form: Sendable, Equatable {
        case rewriting
        case separateLines
    }

    /// A log is not to be filled.
    private static let separateLinesInterval = Duration.seconds(5)

    private struct State: Sendable {
        var last = ""
        var lastAt: ContinuousClock.Instant?
    }

    private let form: Form
    private let write: @Sendable (String) -> Void
    private let state = Mutex(State())

    init(
        _ form: Form, write: @escaping @Sendable (String) -> Void = { FileHandle.standardError.write(Data($0.utf8)) }
    ) {
        self.form = form
        self.write = write
    }

    /// For this process's standard error.
    convenience init() {
        let isTerminal = isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
        self.init(isTerminal ? .rewriting : .separateLines)
    }

    /// Shows the text unless it is what is shown already, or came too soon for a line of its own.
    func show(_ text: String, now: ContinuousClock.Instant = .now) {
        let isDue = state.withLock { state in
            guard text != state.last else { return false }
            if form == .separateLines, let lastAt = state.lastAt, now - lastAt < Self.separateLinesInterval {
                return false
            }
            state.last = text
            state.lastAt = now
            return true
        }
        guard isDue else { return }
        switch form {
        // Carriage return, then "erase to the end of the line".
        case .rewriting: write("\r\(text)\u{1B}[K")
        case .separateLines: write(text + "\n")
        }
    }

    /// Takes the rewritten line away.
    func end() {
        if form == .rewriting, state.withLock({ $0.lastAt != nil }) { write("\r\u{1B}[K") }
    }

    /// Shows what `text` says, several times a second, while `body` runs.
    func follow<Value>(_ text: @escaping @Sendable () -> String, during body: () async throws -> Value) async rethrows
        -> Value
    {
        let shown = Task {
            while !Task.isCancelled {
                show(text())
                do {
                    try await Task.sleep(for: .milliseconds(250))
                } catch {
                    return
                }
            }
        }
        do {
            let value = try await body()
            shown.cancel()
            await shown.value
            end()
            return value
        } catch {
            shown.cancel()
            await shown.value
            end()
            throw error
        }
    }
}
