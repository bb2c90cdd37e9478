import Foundation
import Testing

/// A network of its own for a process, with one cable to this machine that can be pulled out.
final class Namespace: Sendable {
    let name: String
    /// Of this machine at its end of the cable.
    let hostAddress: String
    /// Of whoever runs inside.
    let address: String
    private let cable: String

    /// Making one needs root, `ip`, and a kernel that allows it.
    static let isPossible: Bool = {
        guard geteuid() == 0, let namespace = try? Namespace() else { return false }
        namespace.remove()
        return true
    }()

    init() throws {
        let number = Int(ProcessInfo.processInfo.processIdentifier) % 250
        name = "doorstep-\(ProcessInfo.processInfo.processIdentifier)"
        cable = "ds\(ProcessInfo.processInfo.processIdentifier)"
        (hostAddress, address) = ("10.213.\(number).1", "10.213.\(number).2")
        do {
            try Self.ip("netns", "add", name)
            try Self.ip("link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", name)
            try Self.ip("address", "add", "\(hostAddress)/30", "dev", cable)
            try Self.ip("link", "set", cable, "up")
            for words in ["address add \(address)/30 dev eth0", "link set eth0 up", "link set lo up"] {
                try Self.ip(["-n", name] + words.split(separator: " ").map(String.init))
            }
        } catch {
            remove()
            throw error
        }
    }

    /// Nothing gets in or out, and nobody is told.
    func pullOut() throws { try Self.ip("link", "set", cable, "down") }
    func plugIn() throws { try Self.ip("link", "set", cable, "up") }

    /// What runs inside must have ended.
    func remove() {
        // The cable goes with one of its ends; what is not there needs no removal.
        try? Self.ip("link", "delete", cable)
        try? Self.ip("netns", "delete", name)
    }

    /// The words before a program's own, so that it runs inside.
    var prefix: [String] { ["netns", "exec", name] }
    static let program = URL(filePath: "/usr/sbin/ip")

    private static func ip(_ words: String...) throws { try ip(words) }

    private static func ip(_ words: [String]) throws {
        let process = Process()
        process.executableURL = program
        process.arguments = words
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure("ip \(words.joined(separator: " "))") }
    }
}
