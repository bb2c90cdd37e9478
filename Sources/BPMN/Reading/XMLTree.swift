import Foundation

#if canImport(FoundationXML)
    import FoundationXML
#endif

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

/// The one place that touches Foundation: libxml2 turns bytes into a tree, without document types, entities or access
/// to anything outside the document.
enum XMLTree {
    static func read(_ bytes: [UInt8], limits: ReadLimits) throws(LoadError) -> XMLNode {
        guard bytes.count <= limits.bytes else {
            throw LoadError(.tooLarge, "\(bytes.count) bytes, at most \(limits.bytes) are read")
        }
        // Zero bytes mean UTF-16 or UTF-32, in which the search for a document type below would be blind.
        guard !bytes.contains(0) else { throw LoadError(.malformed, "the encoding must be UTF-8 or ISO-8859-1") }
        if let line = lineOfDocumentType(bytes) {
            throw LoadError(.documentType, line: line, "a document type declaration is not accepted")
        }
        let builder = TreeBuilder(depthLimit: limits.depth)
        let parser = XMLParser(data: Data(bytes))
        parser.shouldProcessNamespaces = true
        parser.shouldResolveExternalEntities = false
        parser.delegate = builder
        let succeeded = parser.parse()
        if let error = builder.error { throw error }
        guard succeeded, builder.failure == nil, let root = builder.root else {
            throw LoadError(
                .malformed, line: max(1, builder.failureLine ?? parser.lineNumber),
                builder.failure ?? "not well-formed XML")
        }
        return root
    }

    private static func lineOfDocumentType(_ bytes: [UInt8]) -> Int? {
        let needle = Array("<!DOCTYPE".utf8)
        var line = 1
        for (index, byte) in bytes.enumerated() {
            if byte == UInt8(ascii: "\n") { line += 1 }
            if byte == needle[0], bytes[index...].starts(with: needle) { return line }
        }
        return nil
    }
}

private final class TreeBuilder: NSObject, XMLParserDelegate {
    private let depthLimit: Int
    private var stack: [XMLNode] = []
    var root: XMLNode?
    var error: LoadError?
    var failure: String?
    var failureLine: Int?

    init(depthLimit: Int) { self.depthLimit = depthLimit }

    func parser(
        _ parser: XMLParser, didStartElement elementName: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String] = [:]
    ) {
        guard error == nil else { return }
        guard stack.count < depthLimit else {
            error = LoadError(
                .tooDeep, element: attributes["id"], line: parser.lineNumber,
                "elements nest deeper than \(depthLimit)")
            parser.abortParsing()
            return
        }
        let name = elementName.split(separator: ":").last.map(String.init) ?? elementName
        stack.append(
            XMLNode(namespace: namespaceURI ?? "", name: name, attributes: attributes, line: parser.lineNumber))
    }

    func parser(
        _ parser: XMLParser, didEndElement elementName: String, namespaceURI: String?, qualifiedName: String?
    ) {
        guard error == nil, let finished = stack.popLast() else { return }
        if stack.isEmpty {
            root = finished
        } else {
            stack[stack.count - 1].children.append(finished)
        }
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
        guard error == nil, !stack.isEmpty else { return }
        stack[stack.count - 1].text += string
    }

    func parser(_ parser: XMLParser, foundCDATA block: Data) {
        guard error == nil, !stack.isEmpty else { return }
        stack[stack.count - 1].text += String(decoding: block, as: UTF8.self)
    }

    func parser(_ parser: XMLParser, parseErrorOccurred parseError: any Error) {
        guard failure == nil else { return }
        failure = "not well-formed XML (\((parseError as NSError).code))"
        failureLine = parser.lineNumber
    }
}
