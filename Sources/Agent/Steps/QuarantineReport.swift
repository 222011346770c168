import API
import Delta

/// Tells the server what a preparation set aside: the rejected rows and the carried keys of every mapping, and which keys
/// a feed named and could use, as lists that its seal or close names (DESIGN §5).
///
/// The lists are bounded, so that no synchronization fails because they are long; what is counted is not.
struct QuarantineReport: Sendable {
    let client: APIClient
    let leaseToken: Int
    /// This run's prepared files.
    let folder: String

    /// Of each mapping this many rejected rows are listed, or so many bytes of their text.
    static let mostRejected = 10_000
    static let mostRejectedBytes = 16 << 20
    /// Likewise of carried keys.
    static let mostCarried = 100_000
    static let mostCarriedBytes = 16 << 20
    /// Likewise of the keys that a feed names; asked for only where the server lists rows of the mapping.
    static let mostNamed = 1_000_000
    static let mostNamedBytes = 64 << 20

    /// Writes and sends the lists of an open session. Sending them again is sending them once.
    func send(_ prepared: [(MappedTable, PreparationResult)], session: String) async throws -> SentQuarantine {
        var sent = SentQuarantine(
            tables: prepared.map { table, result in
                SentQuarantineTable(
                    mapping: table.mapping, table: table.table,
                    rejected: result.rejectedHere, carried: result.carried,
                    isFeed: result.leavesUnnamed)
            }.filter { $0.rejected + $0.carried > 0 || $0.isFeed })
        guard !sent.tables.isEmpty else { return sent }
        let folder = folder
        let lists = try await offloaded {
            try QuarantineList.allCases.map { ($0, try Self.write($0, of: prepared, into: folder)) }
        }
        for (list, file) in lists where file.rows > 0 {
            let sha256 = file.sha256 ?? ""
            try await client.upload(
                session: session, list: list, path: file.path, byteCount: file.bytes, sha256: sha256,
                leaseToken: leaseToken)
            switch list {
            case .rejected: sent.rejectedSha256 = sha256
            case .carried: sent.carriedSha256 = sha256
            case .named: sent.namedSha256 = sha256
            }
        }
        return sent
    }

    /// What a former process of this task set aside and ended before it could say so: one sentence a table, and how many
    /// rows. nil: every row was taken.
    static func recalled(
        _ tables: [MappedTable], in folder: String, published path: (MappedTable) -> String
    ) -> (remark: String, rows: Int)? {
        var sentences: [String] = []
        var total = 0
        for table in tables {
            guard let reader = try? CSVReader(path: "\(folder)/\(table.mapping).rejected.csv") else { continue }
            var rows = 0
            while let row = try? reader.next() { rows += row.count > 0 ? 1 : 0 }
            if rows > 0 { sentences.append(sentence(rows, of: table, in: path(table))) }
            total += rows
        }
        return total == 0 ? nil : (sentences.joined(separator: "; "), total)
    }

    /// `1 rejected row of People: see …`
    static func sentence(_ rows: Int, of table: MappedTable, in path: String) -> String {
        "\(rows) rejected \(rows == 1 ? "row" : "rows") of \(table.table): see \(path)"
    }

    /// One list of all mappings, in the order of their files.
    static func write(
        _ list: QuarantineList, of prepared: [(MappedTable, PreparationResult)], into folder: String
    ) throws -> PreparationResult.File {
        let writer = try CSVWriter(
            path: "\(folder)/quarantine.\(list.rawValue).csv", header: list.columns, checksum: true)
        for (table, result) in prepared {
            switch list {
            case .rejected:
                guard let file = result.rejectedRows else { continue }
                try copy(file, mostRejected, mostRejectedBytes, to: writer) { row in
                    // file, line, offset, reason, key, raw
                    [table.mapping] + row.values
                }
            case .carried:
                guard let file = result.carriedRows else { continue }
                try copy(file, mostCarried, mostCarriedBytes, to: writer) { row in
                    let isPair = row.count == 3
                    return [table.mapping, row[0], isPair ? row[1] : "", row[row.count - 1]]
                }
            case .named:
                guard let file = result.namedKeys else { continue }
                try copy(file, mostNamed, mostNamedBytes, to: writer) { row in
                    [table.mapping, row[0], row.count == 2 ? row[1] : ""]
                }
            }
        }
        return try writer.close(durable: false)
    }

    /// Up to the bounds. A row that cannot be read back, because its key has more than 64 KiB of text with line breaks,
    /// ends the list: it is shorter than what was counted, and nothing fails for it.
    private static func copy(
        _ file: PreparationResult.File, _ mostRows: Int, _ mostBytes: Int, to writer: CSVWriter,
        _ values: (CSVReader.Row) -> [String]
    ) throws {
        guard let reader = try? CSVReader(path: file.path) else { return }
        var rows = 0
        var bytes = 0
        while rows < mostRows, let row = try? reader.next() {
            let values = values(row).map { $0.contains("\0") ? $0.replacing("\0", with: "\u{2400}") : $0 }
            bytes += values.reduce(0) { $0 + $1.utf8.count }
            guard bytes <= mostBytes else { return }
            try writer.write(values)
            rows += 1
        }
    }
}
