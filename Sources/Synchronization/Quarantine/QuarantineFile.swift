internal import API
internal import Delta
internal import Foundation
internal import Storage

/// One sent list for a bulk load: every row with the connector and session that it is of, and its hash. Memory is one row.
///
/// Unchecked, because a transaction's closure is Sendable: it is made and used inside one.
final class QuarantineFile: BulkSource, @unchecked Sendable {
    private let list: QuarantineList
    private let reader: CSVReader
    private let mappings: Set<String>
    /// Bound to every row, and so kept in one place: connector, session, time.
    private let constants: [UnsafeMutableRawBufferPointer]
    private let hash = UnsafeMutableRawBufferPointer.allocate(byteCount: 64, alignment: 1)

    /// - Throws: `invalidRequest` when the file is no list of that kind.
    init(path: String, list: QuarantineList, of record: SessionRecord, at time: Date) throws {
        self.list = list
        mappings = Set(record.definition.mappings)
        constants = [record.connector, record.id, time.timestamp].map { text in
            let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: text.utf8.count, alignment: 1)
            copy.copyBytes(from: text.utf8)
            return copy
        }
        do {
            reader = try CSVReader(path: path)
        } catch {
            throw Self.error(list, "cannot be read: \(error.detail)")
        }
        guard reader.columns == list.columns else {
            throw Self.error(list, "has other columns than \(list.columns.joined(separator: ", "))")
        }
    }

    deinit {
        for constant in constants { constant.deallocate() }
        hash.deallocate()
    }

    var table: SQL {
        switch list {
        case .rejected: "US_RejectedRows"
        case .carried: "US_CarriedRows"
        case .named: preconditionFailure("named keys are compared, not kept")
        }
    }

    /// The table's columns in the order in which `next` binds them.
    var columns: [String] {
        switch list {
        case .rejected:
            [
                "Connector", "Session", "FirstSeenAt", "RowHash", "Mapping", "FileName", "Line", "ByteOffset", "Reason",
                "KeyValue", "Raw",
            ]
        case .carried: ["Connector", "Session", "Since", "RowHash", "Mapping", "Key1", "Key2", "Reason"]
        case .named: preconditionFailure("named keys are compared, not kept")
        }
    }

    func next(_ row: borrowing BulkRow) throws -> Bool {
        let read: CSVReader.Row?
        do {
            read = try reader.next()
        } catch {
            throw Self.error(list, "is not well formed: \(error.detail)")
        }
        guard let read else { return false }
        try check(read)
        for (place, constant) in constants.enumerated() { try row.bind(UnsafeRawBufferPointer(constant), at: place) }
        hash.copyBytes(from: identity(read).digest.utf8)
        try row.bind(UnsafeRawBufferPointer(hash), at: constants.count)
        for column in list.columns.indices {
            try row.bind(read.bytes(column), at: constants.count + 1 + column)
        }
        return true
    }

    /// What tells the row from others of its mapping: its keys; where they cannot be read, its text.
    private func identity(_ row: CSVReader.Row) -> [UInt8] {
        switch list {
        case .rejected:
            row.bytes(5).isEmpty
                ? Array("raw".utf8) + [0] + Array(row.bytes(6)) : Array("key".utf8) + [0] + Array(row.bytes(5))
        case .carried, .named: Array(row.bytes(1)) + [0] + Array(row.bytes(2))
        }
    }

    private func check(_ row: CSVReader.Row) throws {
        guard list.columns.indices.allSatisfy({ characterCount(row.bytes($0)) != nil }) else {
            throw Self.error(list, "is not UTF-8 without U+0000 in line \(row.line)")
        }
        guard mappings.contains(row[0]) else {
            throw Self.error(list, "names a mapping in line \(row.line) that the connector does not have")
        }
        let needed = list == .rejected ? [2, 3, 4] : [1, 3]
        guard needed.allSatisfy({ !row.bytes($0).isEmpty }) else {
            throw Self.error(list, "lacks a value in line \(row.line)")
        }
        if list == .rejected, Int(row[2]) == nil || Int(row[3]) == nil {
            throw Self.error(list, "has no number in line \(row.line)")
        }
    }

    static func error(_ list: QuarantineList, _ text: String) -> SynchronizationError {
        SynchronizationError(
            .invalidRequest, "The sent list of \(list.rawValue) rows \(text); prepare it again. Nothing was changed.")
    }
}
