import ArgumentParser
import Contracts
import Kernel
import Runtime

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Checks every invariant and prints each with its figure.",
        discussion: """
            Reads only, also while `doorstep serve` runs. A service that keeps its tables elsewhere is audited there. Exit code 0 when everything holds, 1 when something does not.

            Examples:
              doorstep audit
              doorstep audit --data /var/lib/doorstep --json
            """)

    @OptionGroup var data: DataOption

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let folder = try data.existing()
        let services = try folder.services()
        let elsewhere = Topic.allCases.filter { !services.contains($0) }.map(\.rawValue)
        if !elsewhere.isEmpty { Terminal.tell("Not looked at, since not here: \(elsewhere.joined(separator: ", ")).") }
        let checks = try SystemAudit.run(folder, of: services)
        Terminal.say(json ? Self.document(checks) : Self.text(checks))
        if checks.contains(where: { !$0.holds }) { throw ExitCode(1) }
    }

    static func text(_ checks: [AuditCheck]) -> String {
        let rows = checks.map { check in
            [check.holds ? "ok" : "BROKEN", String(check.figure), check.name]
                + [check.offenders.joined(separator: "; ")]
        }
        return Terminal.table(["", "checked", "invariant", ""], rows)
    }

    static func document(_ checks: [AuditCheck]) -> String {
        var json = JSONWriter()
        json.object { json in
            json.member("holds", checks.allSatisfy(\.holds))
            json.member("checks", array: checks) { json, check in
                json.object { json in
                    json.member("name", check.name)
                    json.member("figure", check.figure)
                    json.member("holds", check.holds)
                    json.member("offenders", array: check.offenders) { $0.string($1) }
                }
            }
        }
        return json.text
    }
}
