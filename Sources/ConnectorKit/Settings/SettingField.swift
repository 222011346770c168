/// One setting that a connection package knows (REFERENCE §17): what validation and the manual are made from.
package struct SettingField: Sendable, Equatable {
    package let name: String
    package let type: Kind
    package let isRequired: Bool
    /// As the manual shows it; nil: none.
    package let defaultValue: String?
    /// One sentence.
    package let description: String

    package init(
        _ name: String, _ type: Kind, isRequired: Bool = false, defaultValue: String? = nil, description: String
    ) {
        self.name = name
        self.type = type
        self.isRequired = isRequired
        self.defaultValue = defaultValue
        self.description = description
    }

    package indirect enum Kind: Sendable, Equatable {
        case text
        /// A file or folder, absolute or relative to the working directory.
        case path
        case boolean
        case integer(ClosedRange<Int>)
        /// One of these, in any case.
        case choice([String])
        /// One ASCII character.
        case character
        /// Texts, or one text.
        case texts
        /// A text that is never printed, or `{"File": "…"}` that names the file which holds it.
        case secret
        /// Sections with these fields.
        case sections([SettingField])
    }
}
