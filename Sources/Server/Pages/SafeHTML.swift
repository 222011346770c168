import Mustache

/// How values become HTML: every value of every template goes through here.
///
/// It looks at Unicode scalars, because a quote followed by a combining mark is one `Character` that is no quote.
/// Characters that are invisible or change the direction of what follows are shown by their number, so that a stored
/// value cannot look like another one.
struct SafeHTML: MustacheContentType {
    static let name = "SAFE"

    func escapeText(_ text: String) -> String {
        var html = ""
        html.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "<": html += "&lt;"
            case ">": html += "&gt;"
            case "&": html += "&amp;"
            case "\"": html += "&quot;"
            case "'": html += "&#39;"
            case "\t", "\n", "\r": html.unicodeScalars.append(scalar)
            default:
                if Self.isHidden(scalar) {
                    html += "‹U+" + String(scalar.value, radix: 16, uppercase: true).leftPadded(to: 4) + "›"
                } else {
                    html.unicodeScalars.append(scalar)
                }
            }
        }
        return html
    }

    /// Controls, zero-width spaces and directional marks; the joiners that Persian names and emoji need are left.
    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x200C, 0x200D: false
        case 0x00AD, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFB, 0xE0000...0xE007F: true
        default: scalar.properties.generalCategory == .control
        }
    }
}

extension String {
    fileprivate func leftPadded(to length: Int) -> String {
        String(repeating: "0", count: Swift.max(0, length - count)) + self
    }
}
