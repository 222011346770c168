/// Identifiers of entity types and properties (REFERENCE §2).
enum ReservedWords {
    private static let words: Set<String> = [
        "continue", "id", "if", "for", "while", "return", "break", "else", "ref", "out", "class", "interface", "struct",
        "foreach", "do", "char", "byte", "string", "int", "long", "null", "public", "private", "protected", "static",
        "const", "abstract", "try", "catch", "sealed", "void", "true", "false", "finally", "throw", "exception",
        "override", "readonly", "enum", "delegate",
    ]

    /// What is wrong with an identifier, as the end of a sentence, or nil.
    static func problem(with identifier: String) -> String? {
        if words.contains(identifier.lowercased()) {
            return "is a reserved word; use another identifier"
        }
        let bytes = Array(identifier.utf8)
        func isLetter(_ byte: UInt8) -> Bool { (65...90).contains(byte) || (97...122).contains(byte) }
        func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
        guard bytes.allSatisfy({ isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "_") }) else {
            return "holds characters other than letters without accents, digits and _; rename it"
        }
        guard let first = bytes.first, !isDigit(first) else { return "starts with a digit; rename it" }
        return nil
    }
}
