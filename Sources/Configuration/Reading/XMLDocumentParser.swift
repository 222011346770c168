import CLibXML2

/// Parses one XML document with libxml2's SAX2 interface.
///
/// A document type declaration is refused as soon as it is seen, so no external entity is ever resolved and no entity
/// is ever expanded. Nesting deeper than `nestingLimit` is refused. Lines are those of a start tag's `<`.
struct XMLDocumentParser {
    static let nestingLimit = 256

    /// libxml2's tables are made once, before two threads parse.
    private static let library: Void = xmlInitParser()

    /// The root element, or what is wrong, with its line.
    static func parse(_ bytes: [UInt8], file: String) -> Result<ParsedRoot, Problem> {
        guard !bytes.isEmpty else {
            return .failure(Problem(.error, at: SourceLocation(file: file, line: 1), "the file is empty"))
        }
        return bytes.withUnsafeBufferPointer { parse($0, file: file) }
    }

    struct ParsedRoot {
        var element: Element
        /// The namespace of the root element.
        var namespace: String?
    }

    private static func parse(_ bytes: UnsafeBufferPointer<UInt8>, file: String) -> Result<ParsedRoot, Problem> {
        func refused(_ line: Int, _ message: String) -> Result<ParsedRoot, Problem> {
            .failure(Problem(.error, at: SourceLocation(file: file, line: line), message))
        }
        _ = library
        let start = UnsafeRawPointer(bytes.baseAddress)?.assumingMemoryBound(to: CChar.self)
        guard let context = xmlCreateMemoryParserCtxt(start, Int32(bytes.count)) else {
            return refused(1, "the XML parser could not be started: out of memory")
        }
        defer { xmlFreeParserCtxt(context) }
        // NOENT makes `&amp;` in an attribute one character. There is nothing else to substitute: without a document
        // type, which is refused, only XML's own five entities exist.
        let options = XML_PARSE_NONET.rawValue | XML_PARSE_HUGE.rawValue | XML_PARSE_NOENT.rawValue
        _ = xmlCtxtUseOptions(context, Int32(options))

        let events = XMLEvents(context: context, bytes: bytes, file: file)
        return withExtendedLifetime(events) {
            var handler = xmlSAXHandler()
            handler.initialized = UInt32(XML_SAX2_MAGIC)
            handler.internalSubset = { data, _, _, _ in XMLEvents.from(data)?.documentType() }
            handler.startElementNs = { data, name, _, namespace, _, _, count, _, attributes in
                XMLEvents.from(data)?.start(name, namespace: namespace, attributes: attributes, count: Int(count))
            }
            handler.endElementNs = { data, _, _, _ in XMLEvents.from(data)?.end() }
            handler.characters = { data, text, count in XMLEvents.from(data)?.characters(text, Int(count)) }
            handler.cdataBlock = { data, text, count in XMLEvents.from(data)?.characters(text, Int(count)) }
            context.pointee.sax.pointee = handler
            context.pointee.userData = Unmanaged.passUnretained(events).toOpaque()
            let verdict = xmlParseDocument(context)

            if let refusal = events.refusal { return .failure(refusal) }
            guard verdict == 0, context.pointee.wellFormed == 1, let root = events.root else {
                let error = xmlCtxtGetLastError(context)
                let message = error?.pointee.message.map { String(cString: $0) } ?? "it does not end"
                let line = max(1, Int(error?.pointee.line ?? 1))
                let trimmed = message.split(whereSeparator: \.isNewline).joined(separator: " ")
                return refused(line, "the XML is not well formed: \(trimmed)")
            }
            return .success(ParsedRoot(element: root, namespace: events.rootNamespace))
        }
    }
}
