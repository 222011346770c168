internal import Delta
internal import Storage

/// The rows of a sent file for a bulk load, checked: what is not canonical, too long, not UTF-8 or without key is refused
/// with its line. Memory is one block of the file, or one row where that is longer.
///
/// Unchecked, because it is handed from one transaction to the next: `load` is never called by two at once.
final class SentFile: BulkSource, @unchecked Sendable {
    private let layout: SentLayout
    private let reader: CSVReader
    private let places: [Int?]
    private let commandField: Int?
    /// Rows that were read.
    private(set) var rowCount = 0
    /// The line of the last row, from 1.
    private(set) var line = 1
    /// Whether a delete without key came, which means the rows whose key no file can hold. It is not loaded.
    private(set) var deletesUnusable = false

    /// Opens the file and reads its header.
    init(path: String, layout: SentLayout) throws {
        self.layout = layout
        do {
            reader = try CSVReader(path: path)
        } catch {
            throw layout.error("cannot be read: \(error.detail)")
        }
        places = try layout.places(header: reader.columns)
        commandField = layout.hasCommand ? places.firstIndex(of: 0) : nil
    }

    func next(_ row: borrowing BulkRow) throws -> Bool {
        while let read = try readRow() {
            line = read.line
            rowCount += 1
            let isDelete = commandField.map { read.bytes($0).elementsEqual("delete".utf8) } ?? false
            if isDelete, isWithoutKey(read) {
                deletesUnusable = true
                continue
            }
            for (field, place) in places.enumerated() {
                guard let place else { continue }
                let bytes = read.bytes(field)
                if field == commandField {
                    try checkCommand(bytes)
                } else {
                    try check(bytes, layout.columns[layout.hasCommand ? place - 1 : place])
                }
                try row.bind(bytes, at: place)
            }
            return true
        }
        return false
    }

    private func readRow() throws -> CSVReader.Row? {
        do {
            return try reader.next()
        } catch {
            throw layout.error("is not well formed: \(error.detail)")
        }
    }

    private func isWithoutKey(_ row: CSVReader.Row) -> Bool {
        layout.isEntityType
            && places.enumerated().allSatisfy { field, place in
                guard let place, field != commandField else { return true }
                return !layout.columns[place - 1].isKey || row.bytes(field).isEmpty
            }
    }

    /// Loads up to `limit` rows; the number of rows loaded since the beginning, and whether that was all.
    func load(into table: SQL, limit: Int, _ transaction: any Transaction) throws -> (rows: Int, isDone: Bool) {
        var source = self
        do {
            let count = try transaction.load(
                into: table, columns: layout.stagingColumns, replacing: layout.hasCommand, limit: limit, from: &source)
            return (rowCount, count < limit)
        } catch let error as StorageError where error.code == .constraint {
            throw layout.error(line: line, "holds a row with a key that was there before; prepare it again")
        }
    }

    private func checkCommand(_ bytes: UnsafeRawBufferPointer) throws {
        for command in ["insert", "update", "delete", "merge"] where bytes.elementsEqual(command.utf8) { return }
        throw layout.error(line: line, "has a command that is none of insert, update, delete, merge")
    }

    private func check(_ bytes: UnsafeRawBufferPointer, _ column: SentLayout.Column) throws {
        if bytes.isEmpty {
            if column.isKey { throw layout.error(line: line, "has no value in the key column \"\(column.name)\"") }
            return
        }
        guard let characters = characterCount(bytes) else {
            throw layout.error(line: line, "is not UTF-8 without U+0000 in the column \"\(column.name)\"")
        }
        guard characters <= column.limit else {
            throw layout.error(
                line: line, "has \(characters) characters in the column \"\(column.name)\", which holds \(column.limit)"
            )
        }
    }
}
