import Foundation
import Kernel
import Runtime

/// The figures of a benchmark with what they hold for: this machine, this durability, these invariants.
struct BenchReport: Sendable {
    struct Figure: Sendable {
        let name: String
        let value: Double
        let unit: String
        /// What it must hold; `nil` where nothing is asked.
        var target: Target?

        var holds: Bool { target?.holds(value) ?? true }

        init(_ name: String, _ value: Double, _ unit: String, _ target: Target? = nil) {
            self.name = name
            self.value = value
            self.unit = unit
            self.target = target
        }
    }

    enum Target: Sendable {
        case atLeast(Double)
        case atMost(Double)

        func holds(_ value: Double) -> Bool {
            switch self {
            case .atLeast(let bound): value >= bound
            case .atMost(let bound): value <= bound
            }
        }

        var text: String {
            switch self {
            case .atLeast(let bound): "≥ \(BenchReport.number(bound))"
            case .atMost(let bound): "≤ \(BenchReport.number(bound))"
            }
        }
    }

    let name: String
    let figures: [Figure]
    let checks: [AuditCheck]
    var remarks: [String] = []
    /// What survives the loss of power.
    var durability = BenchStore.folder.durability

    var isAudited: Bool { checks.allSatisfy(\.holds) }

    var text: String {
        let rows = figures.map { figure in
            [
                figure.name, Self.number(figure.value), figure.unit,
                figure.target.map { "\($0.text)\(figure.holds ? "" : "  MISSED")" } ?? "",
            ]
        }
        let broken = checks.filter { !$0.holds }.map { "BROKEN: \($0.name): \($0.offenders.joined(separator: "; "))" }
        let verdict = isAudited ? ["Audit: all \(checks.count) invariants hold."] : broken
        return
            ([
                "bench \(name) · \(Machine.text) · \(durability)", "",
                Terminal.table(["what", "figure", "unit", "target"], rows), "",
            ] + remarks + verdict).joined(separator: "\n")
    }

    var document: String {
        var json = JSONWriter()
        json.object { json in
            json.member("bench", name)
            json.member("machine", Machine.text)
            json.member("durability", durability)
            json.member("audited", isAudited)
            json.member("figures", array: figures) { json, figure in
                json.object { json in
                    json.member("name", figure.name)
                    json.member("value", figure.value)
                    json.member("unit", figure.unit)
                    if let target = figure.target {
                        json.member("target", target.text)
                        json.member("holds", figure.holds)
                    }
                }
            }
            json.member("remarks", array: remarks) { $0.string($1) }
        }
        return json.text
    }

    /// Three digits that matter, and no more than the figure has.
    static func number(_ value: Double) -> String {
        let decimals = abs(value) >= 100 || value == value.rounded() ? 0 : abs(value) >= 10 ? 1 : 2
        return String(format: "%.\(decimals)f", value)
    }
}

/// What a benchmark ran on.
enum Machine {
    static var text: String {
        let information = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let model =
            information.split(separator: "\n").first { $0.hasPrefix("model name") }?
            .split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown processor"
        return "\(ProcessInfo.processInfo.activeProcessorCount) cores, \(model), \(build) build"
    }

    /// What this process holds in memory now.
    ///
    /// - Source: proc(5), `VmRSS` of `/proc/self/status`.
    static var residentMegabytes: Double {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        let kilobytes = line?.split(separator: " ").dropFirst().first.flatMap { Double($0) }
        return (kilobytes ?? 0) / 1024
    }

    private static var build: String {
        #if DEBUG
            "debug"
        #else
            "release"
        #endif
    }
}
