import CExpat

/// One XML element with everything below it. Comments and processing instructions are gone.
struct XMLNode {
    let namespace: String
    /// Without prefix.
    let name: String
    /// By qualified name as written; attributes of BPMN have no prefix.
    let attributes: [String: String]
    let line: Int
    var children: [XMLNode] = []
    var text = ""
}

/// Limits on what is read, since a model may come from anybody.
public struct ReadLimits: Sendable {
    /// Bytes of the document.
    public var bytes: Int
    /// Elements within elements.
    public var depth: Int

    public init(bytes: Int = 8 << 20, depth: Int = 100) {
        self.bytes = bytes
        self.depth = depth
    }
}

/// Expat turns bytes into a tree, without document types, entities or access to anything outside the document.
enum XMLTree {
    static func read(_ bytes: [UInt8], limits: ReadLimits) throws(LoadError) -> XMLNode {
        guard bytes.count <= limits.bytes else {
            throw LoadError(.tooLarge, "\(bytes.count) bytes, at most \(limits.bytes) are read")
        }
        guard let parser = XML_ParserCreateNS(nil, TreeBuilder.nameSeparator) else {
            throw LoadError(.malformed, "the reader of XML cannot be set up")
        }
        defer { XML_ParserFree(parser) }
        let builder = TreeBuilder(parser: parser, depthLimit: limits.depth)
        return try builder.tree(of: bytes)
    }
}

/// Collects what the parser calls back; lives as long as one parse.
private final class TreeBuilder {
    /// Between namespace, name and prefix in what Expat reports: no character of XML.
    static let nameSeparator: CChar = 0x1F

    private let parser: XML_Parser
    private let depthLimit: Int
    private var stack: [XMLNode] = []
    private var root: XMLNode?
    private var error: LoadError?

    init(parser: XML_Parser, depthLimit: Int) {
        self.parser = parser
        self.depthLimit = depthLimit
    }

    private var line: Int { Int(XML_GetCurrentLineNumber(parser)) }

    func tree(of bytes: [UInt8]) throws(LoadError) -> XMLNode {
        XML_SetReturnNSTriplet(parser, 1)
        XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
        XML_SetStartDoctypeDeclHandler(parser) { context, _, _, _, _ in TreeBuilder.of(context)?.refuseDocumentType() }
        XML_SetElementHandler(
            parser, { context, name, attributes in TreeBuilder.of(context)?.begin(name, attributes) },
            { context, _ in TreeBuilder.of(context)?.end() })
        XML_SetCharacterDataHandler(parser) { context, text, count in TreeBuilder.of(context)?.append(text, count) }
        let status = bytes.withUnsafeBufferPointer { buffer in
            buffer.withMemoryRebound(to: CChar.self) {
                XML_Parse(parser, $0.baseAddress, CInt(clamping: $0.count), 1)
            }
        }
        if let error { throw error }
        guard status == XML_STATUS_OK, let root else {
            let reason = XML_ErrorString(XML_GetErrorCode(parser)).map { String(cString: $0) } ?? "no element"
            throw LoadError(.malformed, line: max(1, line), "not well-formed XML: \(reason)")
        }
        return root
    }

    private static func of(_ context: UnsafeMutableRawPointer?) -> TreeBuilder? {
        context.map { Unmanaged<TreeBuilder>.fromOpaque($0).takeUnretainedValue() }
    }

    private func stop(_ reason: LoadError) {
        error = reason
        XML_StopParser(parser, XML_Bool(XML_FALSE))
    }

    private func refuseDocumentType() {
        stop(LoadError(.documentType, line: line, "a document type declaration is not accepted"))
    }

    private func begin(
        _ name: UnsafePointer<XML_Char>?, _ pairs: UnsafeMutablePointer<UnsafePointer<XML_Char>?>?
    ) {
        guard error == nil, let name, var pair = pairs else { return }
        var attributes: [String: String] = [:]
        while let attribute = pair[0], let value = pair[1] {
            attributes[QualifiedName(attribute).text] = String(cString: value)
            pair += 2
        }
        guard stack.count < depthLimit else {
            return stop(
                LoadError(
                    .tooDeep, element: attributes["id"], line: line, "elements nest deeper than \(depthLimit)"))
        }
        let element = QualifiedName(name)
        stack.append(
            XMLNode(namespace: element.namespace, name: element.local, attributes: attributes, line: line))
    }

    private func end() {
        guard error == nil, let finished = stack.popLast() else { return }
        if stack.isEmpty {
            root = finished
        } else {
            stack[stack.count - 1].children.append(finished)
        }
    }

    private func append(_ text: UnsafePointer<XML_Char>?, _ count: CInt) {
        guard error == nil, !stack.isEmpty, let text else { return }
        let bytes = UnsafeRawBufferPointer(start: text, count: Int(count))
        stack[stack.count - 1].text += String(decoding: bytes, as: UTF8.self)
    }
}

/// A name as Expat reports it: `local`, `namespace␟local` or `namespace␟local␟prefix`.
private struct QualifiedName {
    let namespace: String
    let local: String
    let prefix: String

    init(_ reported: UnsafePointer<XML_Char>) {
        let parts = String(cString: reported).split(separator: "\u{1F}", omittingEmptySubsequences: false)
        namespace = parts.count > 1 ? String(parts[0]) : ""
        local = String(parts.count > 1 ? parts[1] : parts[0])
        prefix = parts.count > 2 ? String(parts[2]) : ""
    }

    /// As it is written in the document.
    var text: String { prefix.isEmpty ? local : "\(prefix):\(local)" }
}
