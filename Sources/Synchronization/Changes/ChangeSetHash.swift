internal import Crypto
internal import Foundation
internal import Storage

/// SHA-256 over a session's change rows in one order and one form: what an approval names (DESIGN §8).
struct ChangeSetHash {
    private var hasher = SHA256()
    private let transaction: any Transaction
    private let session: String
    private let includesBefore: Bool

    /// - Parameter includesBefore: whether the stored values before the changes belong to it: what is applied on a later
    ///   version than it was computed for must find the rows as they were.
    init(session: String, includesBefore: Bool = false, _ transaction: any Transaction) {
        self.session = session
        self.includesBefore = includesBefore
        self.transaction = transaction
    }

    mutating func add(_ plan: ResourcePlan) throws {
        let columns = (plan.fields.map(\.column) + (includesBefore ? ["Before"] : [])).map { SQL(identifier: $0) }
            .joined()
        let names = ["row", "row"] + plan.fields.map(\.property) + ["before"]
        var rows = self
        try transaction.forEachRow(
            """
            SELECT Operation, KeyValue, \(sql: columns) FROM UR_ResourceChanges
            WHERE Session = \(session) AND Mapping = \(plan.type) ORDER BY KeyValue, Operation, Id
            """
        ) { row in
            rows.add("resource", .text(plan.type))
            for (index, value) in row.values.enumerated() {
                switch value {
                case .null: continue
                case .integer, .real, .text, .blob:
                    rows.add(names[index], value)
                }
            }
        }
        self = rows
    }

    mutating func add(_ plan: LinkPlan) throws {
        var rows = self
        try transaction.forEachRow(
            """
            SELECT Operation, Key1, Key2 FROM UR_ResourceLinkChanges
            WHERE Session = \(session) AND Mapping = \(plan.mapping) ORDER BY Key1, Key2, Operation, Id
            """
        ) { row in
            rows.add("link", .text(plan.mapping))
            for value in row.values { rows.add("row", value) }
        }
        self = rows
    }

    /// A load's change list is its file.
    mutating func add(load staged: StagedFile) {
        add("load", .text(staged.mapping))
        add("file", .text(staged.sha256))
    }

    /// 64 hex digits.
    func finish() -> String { hasher.finalize().hexadecimal }

    private mutating func add(_ name: String, _ value: SQLValue) {
        add(Array(name.utf8))
        switch value {
        case .null: add([])
        case .integer(let number): add(Array("\(number)".utf8))
        case .real(let number): add(Array("\(number)".utf8))
        case .text(let text): add(Array(text.utf8))
        case .blob(let bytes): add(bytes)
        }
    }

    private mutating func add(_ bytes: [UInt8]) {
        withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { hasher.update(bufferPointer: $0) }
        bytes.withUnsafeBytes { hasher.update(bufferPointer: $0) }
    }
}
