import Foundation

/// Finds `logistics-v1.yaml`.
enum OpenAPIFile {
    static let name = "logistics-v1.yaml"

    /// - Parameter path: where the operator says it is; without one it is looked for next to the executable and in
    ///   `api/` of the working folder.
    static func bytes(_ path: String?) -> [UInt8]? {
        let executable = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        let folder = executable.deletingLastPathComponent().path
        let candidates = path.map { [$0] } ?? ["\(folder)/\(name)", "\(folder)/api/\(name)", "api/\(name)"]
        for candidate in candidates {
            if let data = FileManager.default.contents(atPath: candidate) { return [UInt8](data) }
        }
        return nil
    }
}
