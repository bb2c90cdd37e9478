import ArgumentParser

struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version", abstract: "Prints the version.", discussion: "Example:\n  doorstep version")
    static let version = "0.1.0"

    func run() { Terminal.say("doorstep \(Self.version)") }
}
