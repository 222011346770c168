/// One row of a result: values by column name (ASCII case does not matter) or by position.
package struct Row: Sendable {
    /// The names, shared by all rows of a result.
    package let columns: [String]
    package let values: [SQLValue]

    package init(columns: [String], values: [SQLValue]) {
        self.columns = columns
        self.values = values
    }

    package subscript(index: Int) -> SQLValue { values[index] }

    /// The value of the first column with that name. A name that the query does not have is a programmer's error.
    package subscript(name: String) -> SQLValue {
        for (index, column) in columns.enumerated() where column == name {
            return values[index]
        }
        // PostgreSQL folds unquoted names to lower case.
        for (index, column) in columns.enumerated() where column.lowercased() == name.lowercased() {
            return values[index]
        }
        preconditionFailure("the query has no column \(name)")
    }

    package func optionalString(_ name: String) throws -> String? {
        switch self[name] {
        case .null: nil
        case .text(let text): text
        case .integer, .real, .blob: throw unexpected(name, "text")
        }
    }

    package func string(_ name: String) throws -> String {
        guard let value = try optionalString(name) else { throw unexpected(name, "text") }
        return value
    }

    package func optionalInt(_ name: String) throws -> Int? {
        switch self[name] {
        case .null: nil
        case .integer(let number): Int(number)
        case .text, .real, .blob: throw unexpected(name, "a whole number")
        }
    }

    package func int(_ name: String) throws -> Int {
        guard let value = try optionalInt(name) else { throw unexpected(name, "a whole number") }
        return value
    }

    package func bool(_ name: String) throws -> Bool { try int(name) != 0 }

    package func optionalBlob(_ name: String) throws -> [UInt8]? {
        switch self[name] {
        case .null: nil
        case .blob(let bytes): bytes
        case .text(let text): Array(text.utf8)
        case .integer, .real: throw unexpected(name, "bytes")
        }
    }

    private func unexpected(_ name: String, _ wanted: String) -> StorageError {
        StorageError(
            .corrupt, "The column \(name) does not hold \(wanted); it was changed outside Weir. Restore the database.")
    }
}
