import API
import Foundation

/// Writes what is set aside to standard output, piece by piece: the lists may be long.
struct QuarantinePrinter {
    let client: APIClient
    let quarantines: [Quarantine]
    /// nil: all of them.
    let connector: String?

    /// A line a table, and one a row: where it is and why, not what it holds.
    func text() async throws {
        if quarantines.isEmpty { Console.line("No row is set aside.") }
        for table in quarantines {
            Console.line(Self.printable(Self.summary(table)))
            try await pages({
                try await client.rejectedRows(connector: table.connector, mapping: table.mapping, continuation: $0)
            }) { row in
                let key = row.key.map { ", key \($0)" } ?? ""
                Console.line(
                    Self.printable("  \(row.file), line \(row.line), byte \(row.offset): \(row.reason)\(key)"))
            }
            if table.listedRejected < table.rejected {
                Console.line("  and \(table.rejected - table.listedRejected) more, which are not listed")
            }
        }
    }

    /// One table after the other, with one header line.
    func csv() async throws {
        var isFirst = true
        for table in quarantines where table.listedRejected > 0 {
            var data = try await client.rejectedRowsCSV(connector: table.connector, mapping: table.mapping)
            if !isFirst, let end = data.firstIndex(of: UInt8(ascii: "\n")) { data = data[(end + 1)...] }
            FileHandle.standardOutput.write(data)
            isFirst = false
        }
        // A header line alone is a file without rows, no output none at all.
        if isFirst {
            FileHandle.standardOutput.write(try await client.rejectedRowsCSV(connector: connector, mapping: nil))
        }
    }

    func json() async throws {
        try write("{\"tables\":", list: quarantines)
        write(",\"rejected\":[")
        var isFirst = true
        for table in quarantines where table.listedRejected > 0 {
            try await pages({
                try await client.rejectedRows(connector: table.connector, mapping: table.mapping, continuation: $0)
            }) { row in
                try write(isFirst ? "" : ",", list: row)
                isFirst = false
            }
        }
        write("],\"carried\":[")
        isFirst = true
        for table in quarantines where table.listedCarried > 0 {
            try await pages({
                try await client.carriedRows(connector: table.connector, mapping: table.mapping, continuation: $0)
            }) { row in
                try write(isFirst ? "" : ",", list: row)
                isFirst = false
            }
        }
        write("]}\n")
    }

    private func pages<Item>(
        _ page: (String?) async throws -> Page<Item>, _ body: (Item) throws -> Void
    ) async throws {
        var token: String?
        repeat {
            let next = try await page(token)
            for item in next.items { try body(item) }
            token = next.continuationToken
        } while token != nil
    }

    private func write(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }

    private func write(_ before: String, list: some Encodable) throws {
        write(before)
        FileHandle.standardOutput.write(try JSONCoding.encoder().encode(list))
    }

    private static func summary(_ table: Quarantine) -> String {
        let rows = "\(table.rejected) rejected \(table.rejected == 1 ? "row" : "rows")"
        let kept = table.carried > 0 ? ", \(table.carried) kept as of the last good run" : ""
        let since = table.since.map { ", the oldest since \($0.formatted(.iso8601))" } ?? ""
        return "\(table.connector), \(table.table) (\(table.mapping)): \(rows)\(kept)\(since)"
    }

    /// Values of a source reach a terminal as text only: what would steer it, or turn the line around, is shown by its
    /// number.
    static func printable(_ text: String) -> String {
        var shown = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator:
                shown.append(contentsOf: "<U+\(String(scalar.value, radix: 16, uppercase: true))>".unicodeScalars)
            default: shown.append(scalar)
            }
        }
        return String(shown)
    }
}
