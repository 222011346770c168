import Foundation

/// One line of a source's table, as it was meant, and what became of it.
struct SourceLine: Sendable {
    var fields: [String: String]
    var defect: Defect?

    /// Ways in which a line cannot be taken (DESIGN §5).
    enum Defect: String, CaseIterable, Sendable {
        /// A value that its column does not take.
        case misfit
        /// A byte that is no UTF-8.
        case undecodable
        case null
        /// Too few fields.
        case cut
        /// Too many fields.
        case torn
        /// A quote that is never closed: at the end of the file, so that no other row closes it.
        case unclosed

        var leavesKeyReadable: Bool {
            switch self {
            case .misfit, .undecodable, .null: true
            case .cut, .torn, .unclosed: false
            }
        }
    }
}

/// A table of the source for one run.
struct SourceTable: Sendable {
    var name: String
    /// The first is the key, or the first key.
    var columns: [String]
    /// The column that takes no text, or no long one.
    var narrow: String?
    var lines: [SourceLine]

    static let columns: [String: (columns: [String], narrow: String?)] = [
        "HRPeople": (["id", "last", "login", "level", "phone", "note", "manager", "org", "noise"], "level"),
        "HROrgs": (["code", "rank", "label", "head"], "rank"),
        "DIRAccounts": (["dn", "cn", "mail", "manager"], "cn"),
        "DIRGroups": (["name", "kind", "description"], "kind"),
        "DIRMembers": (["group", "member", "since"], nil),
    ]

    func bytes(lineEnd: String, mark: Bool) -> [UInt8] {
        var bytes: [UInt8] = mark ? [0xEF, 0xBB, 0xBF] : []
        bytes += (columns.joined(separator: ",") + lineEnd).utf8
        // What is never closed comes last.
        for line in lines where line.defect != .unclosed { bytes += row(line) + lineEnd.utf8 }
        for line in lines where line.defect == .unclosed { bytes += row(line) + lineEnd.utf8 }
        return bytes
    }

    private func row(_ line: SourceLine) -> [UInt8] {
        var fields = columns.map { Array(Self.field(line.fields[$0] ?? "").utf8) }
        let last = fields.count - 1
        switch line.defect {
        case nil: break
        case .misfit:
            let index = narrow.flatMap { columns.firstIndex(of: $0) } ?? last
            fields[index] = Array(String(repeating: "w", count: 500).utf8)
        // Inside the quotes where there are any: behind them nothing could be read.
        case .undecodable: fields[last].insert(0xFF, at: fields[last].count - (fields[last].last == 34 ? 1 : 0))
        case .null: fields[last].insert(0, at: fields[last].count - (fields[last].last == 34 ? 1 : 0))
        case .cut: fields.removeLast(max(1, fields.count - 2))
        case .torn: fields.append(Array("torn".utf8))
        case .unclosed: fields[last] = Array("\"never closed".utf8)
        }
        return Array(fields.joined(separator: [44]))
    }

    private static func field(_ text: String) -> String {
        text.utf8.contains { [44, 34, 13, 10].contains($0) }
            ? "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
            : text
    }
}
