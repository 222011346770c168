import CLibXML2

/// What libxml2's callbacks write to: the open elements, and the reason to refuse the document.
///
/// A class because C keeps its address while `XMLDocumentParser` parses; nothing else ever sees it.
final class XMLEvents {
    private let context: xmlParserCtxtPtr
    private let bytes: UnsafeBufferPointer<UInt8>
    private let file: String
    private var open: [Element] = []

    private(set) var root: Element?
    private(set) var rootNamespace: String?
    private(set) var refusal: Problem?

    init(context: xmlParserCtxtPtr, bytes: UnsafeBufferPointer<UInt8>, file: String) {
        self.context = context
        self.bytes = bytes
        self.file = file
    }

    static func from(_ data: UnsafeMutableRawPointer?) -> XMLEvents? {
        data.map { Unmanaged<XMLEvents>.fromOpaque($0).takeUnretainedValue() }
    }

    func documentType() {
        refuse(
            "a document type declaration (<!DOCTYPE …>) is refused; configuration files need none, remove it")
    }

    func start(
        _ name: UnsafePointer<xmlChar>?, namespace: UnsafePointer<xmlChar>?,
        attributes: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?, count: Int
    ) {
        guard refusal == nil, let name else { return }
        guard open.count < XMLDocumentParser.nestingLimit else {
            refuse("elements are nested more than \(XMLDocumentParser.nestingLimit) deep, which is refused")
            return
        }
        let namespaceName = namespace.map { String(cString: $0) }
        if open.isEmpty {
            rootNamespace = namespaceName
        } else if namespaceName != rootNamespace {
            refuse(
                "<\(String(cString: name))> is of the namespace \"\(namespaceName ?? "")\"; every element must be of "
                    + "the root's, remove its xmlns")
            return
        }
        var element = Element(String(cString: name), location: location())
        // Each attribute is five pointers: local name, prefix, namespace, start and end of the value.
        for index in 0..<count {
            guard let attributes, attributes[index * 5 + 1] == nil, let local = attributes[index * 5],
                let first = attributes[index * 5 + 3], let end = attributes[index * 5 + 4]
            else { continue }
            let value = String(decoding: UnsafeBufferPointer(start: first, count: end - first), as: UTF8.self)
            element.attributes.append(Element.Attribute(String(cString: local), value))
        }
        open.append(element)
    }

    func end() {
        guard refusal == nil, var element = open.popLast() else { return }
        element.text = element.text.trimmingXMLSpace()
        if open.isEmpty {
            root = element
        } else {
            open[open.count - 1].children.append(element)
        }
    }

    func characters(_ text: UnsafePointer<xmlChar>?, _ count: Int) {
        guard refusal == nil, let text, !open.isEmpty else { return }
        open[open.count - 1].text += String(
            decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self)
    }

    private func refuse(_ message: String) {
        if refusal == nil { refusal = Problem(.error, at: location(), message) }
        xmlStopParser(context)
    }

    /// libxml2 stands behind the tag when it calls; its `<` is found by going back, since no attribute value of a well
    /// formed document holds one. Other encodings than UTF-8 give the line of the tag's end.
    private func location() -> SourceLocation {
        var line = Int(xmlSAX2GetLineNumber(context))
        if context.pointee.input?.pointee.buf?.pointee.encoder == nil {
            var offset = min(Int(xmlByteConsumed(context)), bytes.count) - 1
            while offset >= 0, bytes[offset] != UInt8(ascii: "<") {
                if bytes[offset] == UInt8(ascii: "\n") { line -= 1 }
                offset -= 1
            }
        }
        return SourceLocation(file: file, line: max(1, line))
    }
}

extension String {
    /// Without XML's white space (space, tab, CR, LF) at both ends.
    func trimmingXMLSpace() -> String {
        let space: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\n" || $0 == "\r" || $0 == "\r\n" }
        guard let first = firstIndex(where: { !space($0) }), let last = lastIndex(where: { !space($0) }) else {
            return ""
        }
        return String(self[first...last])
    }
}
