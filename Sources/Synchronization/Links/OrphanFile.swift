internal import API
internal import Foundation
internal import Storage

/// The pairs of an association that are bound to nothing, with the reason, for people to read (REFERENCE §12).
struct OrphanFile {
    let plan: LinkPlan
    let transaction: any Transaction

    /// Writes `Key1,Key2,Reason`; no file when there are none.
    func write(to path: String, _ files: SessionFiles, _ session: String) throws {
        func isThere(_ side: LinkPlan.Side, _ key: SQL) -> SQL {
            """
            CASE WHEN EXISTS (
              SELECT 1 FROM UR_Resources r
              WHERE r.Type = \(literal: side.entityType) AND r.\(identifier: side.keyColumn) = \(sql: key))
            THEN 1 ELSE 0 END
            """
        }
        var text = ""
        var handle: FileHandle?
        try transaction.forEachRow(
            """
            SELECT p.Key1, p.Key2, \(sql: isThere(plan.side1, "p.Key1")), \(sql: isThere(plan.side2, "p.Key2"))
            FROM US_Pairs p WHERE p.Mapping = \(literal: plan.mapping) AND p.R1_Id IS NULL ORDER BY p.Key1, p.Key2
            """
        ) { row in
            if handle == nil {
                handle = try Self.create(path, folder: files.folder(of: session), files)
                text = "Key1,Key2,Reason\n"
            }
            guard case .text(let key1) = row[0], case .text(let key2) = row[1] else { return }
            text += [key1, key2, reason(has1: row[2] == .integer(1), has2: row[3] == .integer(1))]
                .map(Self.field).joined(separator: ",")
            text += "\n"
            if text.utf8.count > 1 << 16 {
                try handle?.write(contentsOf: Data(text.utf8))
                text = ""
            }
        }
        try handle?.write(contentsOf: Data(text.utf8))
        try handle?.close()
    }

    private func reason(has1: Bool, has2: Bool) -> String {
        let missing = [(plan.side1, has1), (plan.side2, has2)].filter { !$0.1 }.map {
            "no \($0.0.entityType) has this key"
        }
        return missing.isEmpty
            ? "another pair comes first for a property that holds one link" : missing.joined(separator: "; ")
    }

    private static func create(_ path: String, folder: String, _ files: SessionFiles) throws -> FileHandle {
        try files.makeFolder(folder)
        guard
            FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]),
            let handle = FileHandle(forWritingAtPath: path)
        else {
            throw SynchronizationError(
                .internal, "\(path): the file of orphans cannot be written; check WorkFolderPath and its rights.")
        }
        return handle
    }

    /// RFC 4180.
    private static func field(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }) else { return text }
        return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
