/// One attribute of the element table.
package struct AttributeDeclaration: Sendable, Equatable {
    package var name: String
    package var type: ValueType
    package var isRequired: Bool
    /// In canonical spelling; nil: absent means absent.
    package var defaultValue: String?
    /// What the value names, where it is the identifier of something.
    package var reference: ReferenceTarget?

    static func string(_ name: String, required: Bool = false, default value: String? = nil) -> Self {
        Self(name: name, type: .string, isRequired: required, defaultValue: value)
    }

    static func typed(_ name: String, _ type: ValueType, required: Bool = false, default value: String? = nil) -> Self {
        Self(name: name, type: type, isRequired: required, defaultValue: value)
    }

    static func bool(_ name: String, default value: String = "false") -> Self {
        Self(name: name, type: .bool, isRequired: false, defaultValue: value)
    }

    static func int(_ name: String, _ range: ClosedRange<Int>, default value: Int? = nil) -> Self {
        Self(name: name, type: .int(range), isRequired: false, defaultValue: value.map { String($0) })
    }

    static func reference(_ name: String, _ target: ReferenceTarget, required: Bool = false) -> Self {
        Self(name: name, type: .string, isRequired: required, reference: target)
    }

    static let identifier = string("Identifier", required: true)
    static let displayNames = (1...16).map { string("DisplayName_L\($0)") }
    static let identified = [identifier] + displayNames

    /// `Maximum…` of lines: 0 turns the limit off.
    static func lines(_ name: String, _ value: Int) -> Self { int(name, 0...Int(Int32.max), default: value) }

    static func percent(_ name: String, _ value: Int) -> Self { int(name, 0...100, default: value) }
}
