import Foundation

/// A place in the repository that breaks a rule.
struct Offence: Equatable, CustomStringConvertible {
    let path: String
    let line: Int
    let what: String

    var description: String { "\(path):\(line): \(what)" }
}

/// A text file of the repository.
struct TextFile {
    /// From the repository's top, with slashes.
    let path: String
    let text: String
    /// For Swift: the text without comments and the contents of string literals, line for line; otherwise the text.
    let code: String

    init(_ path: String, _ text: String) {
        self.path = path
        self.text = text
        code = path.hasSuffix(".swift") ? SwiftCode.only(of: text) : text
    }

    var name: String { path.split(separator: "/").last.map(String.init) ?? path }
    var isSwift: Bool { path.hasSuffix(".swift") }

    /// The target whose folder this is in; `nil` outside `Sources` and `Tests`.
    var target: String? {
        let parts = path.split(separator: "/")
        return parts.count > 2 && (parts[0] == "Sources" || parts[0] == "Tests") ? String(parts[1]) : nil
    }
}

/// What is in the checkout that these tests were built from.
enum Repository {
    static let files: [TextFile] = read()

    static var sources: [TextFile] { files.filter { $0.isSwift && $0.path.hasPrefix("Sources/") } }
    static var swift: [TextFile] { files.filter { $0.isSwift } }
    static var documents: [TextFile] { files.filter { $0.path.hasSuffix(".md") } }

    static func file(_ path: String) -> TextFile? { files.first { $0.path == path } }

    static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: root + "/" + path) }

    /// The folder with `Package.swift`. A checkout may be seen through a link; then `#filePath` is resolved.
    private static let root: String = {
        let here = URL(filePath: #filePath).resolvingSymlinksInPath()
        return here.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
    }()

    /// Folders of tools and builds, and what a running system leaves behind.
    private static let skippedFolders: Set<String> = ["data", "node_modules"]

    private static func read() -> [TextFile] {
        var files: [TextFile] = []
        visit("", &files)
        return files.sorted { $0.path < $1.path }
    }

    private static func visit(_ folder: String, _ files: inout [TextFile]) {
        let absolute = folder.isEmpty ? root : root + "/" + folder
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: absolute) else {
            preconditionFailure("\(absolute) cannot be listed")
        }
        for name in names {
            let path = folder.isEmpty ? name : folder + "/" + name
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: root + "/" + path, isDirectory: &isFolder) else { continue }
            if isFolder.boolValue {
                let isOurs = !name.hasPrefix(".") || name == ".ci" || name == ".github"
                if isOurs && !skippedFolders.contains(name) { visit(path, &files) }
            } else if let bytes = FileManager.default.contents(atPath: root + "/" + path), isText(path) {
                files.append(TextFile(path, String(decoding: bytes, as: UTF8.self)))
            }
        }
    }

    private static func isText(_ path: String) -> Bool {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else {
            return !name.hasPrefix(".") || name == ".gitignore" || name == ".swift-format"
        }
        return [
            "swift", "md", "yaml", "yml", "json", "bpmn", "svg", "html", "css", "js", "sh", "h", "modulemap", "txt",
            "mmd", "dot", "toml", "sql",
        ].contains(name[name.index(after: dot)...].lowercased())
    }
}
