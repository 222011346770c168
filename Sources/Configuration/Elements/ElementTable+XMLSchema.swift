extension ElementTable {
    /// The XSD that editors complete from (REFERENCE §18), made of the table. Names that only a wildcard covers are not
    /// in it.
    package static func xmlSchema() -> String {
        var lines = [
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>",
            "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" xmlns=\"\(ConfigurationReader.namespace)\"",
            "  targetNamespace=\"\(ConfigurationReader.namespace)\" elementFormDefault=\"qualified\">",
            "  <xs:element name=\"ConfigurationFile\">", "    <xs:complexType>",
            "      <xs:choice minOccurs=\"0\" maxOccurs=\"unbounded\">",
        ]
        for name in names {
            if let declaration = declarations[name] { lines += schema(of: declaration, indent: "        ") }
        }
        lines += ["      </xs:choice>", "    </xs:complexType>", "  </xs:element>"]
        lines += [
            "  <xs:simpleType name=\"Boolean\">", "    <xs:restriction base=\"xs:string\">",
            "      <xs:pattern value=\"[tT][rR][uU][eE]|[fF][aA][lL][sS][eE]|0|1\" />", "    </xs:restriction>",
            "  </xs:simpleType>", "</xs:schema>",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    private static func schema(of element: ElementDeclaration, indent: String) -> [String] {
        var lines = ["\(indent)<xs:element name=\"\(element.name)\">", "\(indent)  <xs:complexType"]
        if element.acceptsAnything { lines[1] += " mixed=\"true\"" }
        lines[1] += ">"
        if element.acceptsAnything {
            lines += [
                "\(indent)    <xs:sequence>",
                "\(indent)      <xs:any minOccurs=\"0\" maxOccurs=\"unbounded\" processContents=\"skip\" />",
                "\(indent)    </xs:sequence>",
            ]
        } else if !element.children.isEmpty {
            lines.append("\(indent)    <xs:choice minOccurs=\"0\" maxOccurs=\"unbounded\">")
            for child in element.children { lines += schema(of: child, indent: indent + "      ") }
            lines.append("\(indent)    </xs:choice>")
        }
        for attribute in element.attributes { lines += schema(of: attribute, indent: indent + "    ") }
        if element.acceptsAnything { lines.append("\(indent)    <xs:anyAttribute processContents=\"skip\" />") }
        return lines + ["\(indent)  </xs:complexType>", "\(indent)</xs:element>"]
    }

    private static func schema(of attribute: AttributeDeclaration, indent: String) -> [String] {
        var head = "\(indent)<xs:attribute name=\"\(attribute.name)\""
        if attribute.isRequired { head += " use=\"required\"" }
        if let value = attribute.defaultValue { head += " default=\"\(value)\"" }
        func restricted(_ base: String, _ facets: [String]) -> [String] {
            ["\(head)>", "\(indent)  <xs:simpleType>", "\(indent)    <xs:restriction base=\"\(base)\">"]
                + facets.map { "\(indent)      \($0)" }
                + ["\(indent)    </xs:restriction>", "\(indent)  </xs:simpleType>", "\(indent)</xs:attribute>"]
        }
        switch attribute.type {
        case .string, .binding, .cron, .package, .date: return ["\(head) type=\"xs:string\" />"]
        case .bool: return ["\(head) type=\"Boolean\" />"]
        case .double: return ["\(head) type=\"xs:double\" />"]
        case .sha256: return ["\(head) type=\"xs:base64Binary\" />"]
        case .int(let range):
            return restricted(
                "xs:int",
                [
                    "<xs:minInclusive value=\"\(range.lowerBound)\" />",
                    "<xs:maxInclusive value=\"\(range.upperBound)\" />",
                ])
        case .enumeration(let cases):
            let values = cases.map(\.name) + cases.compactMap { $0.number.map { String($0) } }
            return restricted("xs:string", values.map { "<xs:enumeration value=\"\($0)\" />" })
        case .flags(let cases):
            let one = "(" + (cases.map(\.name) + ["[0-9]+"]).joined(separator: "|") + ")"
            return restricted("xs:string", ["<xs:pattern value=\"\(one)(, ?\(one))*\" />"])
        }
    }
}
