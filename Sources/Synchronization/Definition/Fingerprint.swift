internal import API
internal import Crypto
internal import Foundation
internal import WeirConfiguration

/// Hash of what decides which stored rows a source gives: mappings, formats, property types and columns (DESIGN §4).
/// The order in the XML, display names, thresholds and jobs change nothing.
struct Fingerprint {
    private var hasher = SHA256()

    /// 64 hex digits.
    static func of(_ definition: ConnectorDefinition) -> String {
        var fingerprint = Fingerprint()
        fingerprint.add(definition)
        return fingerprint.hasher.finalize().hexadecimal
    }

    private mutating func add(_ definition: ConnectorDefinition) {
        add("1", definition.connector.identifier)
        for mapping in definition.entityTypeMappings.sorted(by: { $0.identifier < $1.identifier }) {
            add("mapping", mapping.identifier, mapping.table, mapping.c0 ?? "")
            let type = definition.entityTypes.first { $0.identifier == mapping.identifier }
            for property in mapping.properties.sorted(by: { $0.identifier < $1.identifier }) {
                let declared = type?.property(property.identifier)
                add(
                    "property", property.identifier, property.column, property.format ?? "",
                    "\(property.isPrimaryKey)", "\(property.isUniqueKey)", "\(declared?.type.rawValue ?? -1)",
                    "\(declared?.column ?? -1)", "\(declared?.isNavigation ?? false)")
            }
        }
        for mapping in definition.associationMappings.sorted(by: { $0.identifier < $1.identifier }) {
            add("association mapping", mapping.identifier, mapping.table, mapping.c0 ?? "")
            add(mapping.side1.column, "\(mapping.side1.key)", mapping.side2.column, "\(mapping.side2.key)")
            guard let association = definition.associations.first(where: { $0.identifier == mapping.identifier })
            else { continue }
            for (binding, isCollection) in [
                (association.property1, association.isProperty1Collection),
                (association.property2, association.isProperty2Collection),
            ] {
                let property = definition.entityTypes.first { $0.identifier == binding.entityType }?
                    .property(binding.property)
                add("\(binding)", "\(isCollection)", "\(property?.column ?? -1)")
            }
        }
    }

    /// Each part with its length, so that no two lists of parts give the same bytes.
    private mutating func add(_ parts: String...) {
        for part in parts {
            hasher.update(data: Data("\(part.utf8.count):".utf8))
            hasher.update(data: Data(part.utf8))
        }
    }
}

extension Sequence<UInt8> {
    /// Two lower case hex digits a byte.
    var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in self {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
