import API
import Delta
import Foundation

/// The changes of held sets as change feeds, which the delta engine applies to images: one file a mapping.
struct HeldFeed: Sendable {
    enum Direction: Sendable {
        /// As they were held: what an approval applies.
        case forward
        /// What undoes them: the rows as the server has them.
        case back
    }

    /// One mapping's changes.
    struct File: Sendable {
        var path: String
        /// The list of what is held, `<mapping>.held.csv`.
        var list: String
        var rows: Int
    }

    let client: APIClient
    let tables: [MappedTable]
    /// Where the files are written.
    let folder: String

    /// No property is called so.
    static let commandColumn = "weir:command"

    /// Writes the rows of the sets.
    ///
    /// - Returns: by mapping; nil when the server has not kept all rows of a set.
    func write(_ sets: [HeldSet], _ direction: Direction) async throws -> [String: File]? {
        try Folders.make(folder)
        var writers: [String: Writer] = [:]
        for set in sets {
            var token: String?
            var count = 0
            repeat {
                let page = try await client.heldRows(of: set.id, continuation: token)
                for row in page.items {
                    let writer = try writers[row.mapping] ?? Writer(try table(of: row.mapping), in: folder)
                    writers[row.mapping] = writer
                    try writer.write(row, of: set, direction)
                }
                count += page.items.count
                token = page.continuationToken
            } while token != nil
            guard count == set.count + set.linkCount else { return nil }
        }
        return try writers.mapValues { try $0.close() }
    }

    private func table(of mapping: String) throws -> MappedTable {
        guard let table = tables.first(where: { $0.mapping == mapping }) else {
            throw AgentError(
                .failed,
                "The server holds changes of the mapping \"\(mapping)\", which the connector does not have any more. Run "
                    + "the job again.")
        }
        return table
    }

    /// The two files of one mapping.
    private final class Writer {
        private let names: [String]
        private let keys: [Int]
        private let feed: CSVWriter
        private let list: CSVWriter
        private let path: String
        private let listPath: String
        private var rows = 0

        init(_ table: MappedTable, in folder: String) throws {
            let names = table.columns.map(\.name)
            self.names = names
            keys = table.keys
            path = "\(folder)/\(table.mapping).feed.csv"
            listPath = "\(folder)/\(table.mapping).held.csv"
            feed = try CSVWriter(path: path, header: [HeldFeed.commandColumn] + names)
            list = try CSVWriter(
                path: listPath, header: table.keys.map { names[$0] } + ["operation", "set", "since", "changeSet"])
        }

        func write(_ row: HeldRow, of set: HeldSet, _ direction: Direction) throws {
            let values: [String: String]
            let command: String
            switch direction {
            case .forward:
                command = row.operation
                values = row.after ?? row.before ?? [:]
            case .back:
                command = row.before == nil ? "delete" : "merge"
                values = row.before ?? row.after ?? [:]
            }
            try feed.write([command] + names.map { values[$0] ?? "" })
            let key = keys.map { values[names[$0]] ?? "" }
            try list.write(key + [row.operation, set.id, set.since.formatted(.iso8601), set.changeSet])
            rows += 1
        }

        func close() throws -> File {
            try feed.close()
            try list.close()
            return File(path: path, list: listPath, rows: rows)
        }
    }
}

extension MappedTable {
    /// Applies a feed of stored rows to an image.
    ///
    /// - Returns: the new image `<mapping>.sorted.csv` in `folder`, and what it changed.
    func apply(
        _ feed: HeldFeed.File, to image: String, in folder: String, memoryBudget: Int, writesDelta: Bool
    ) async throws -> PreparationResult {
        let preparation = Preparation(
            name: mapping, input: feed.path, columns: columns.map { Column(name: $0.name, source: $0.name) },
            keys: keys,
            kind: isEntityType ? .entries : .pairs(owner: nil), writesRejected: false, writesDelta: writesDelta,
            previous: image, commandColumn: HeldFeed.commandColumn, outputDirectory: folder,
            memoryBudget: memoryBudget, digests: true, checksums: true, maximumRejectedPercentage: 0)
        return try await offloaded(preparation)
    }
}
