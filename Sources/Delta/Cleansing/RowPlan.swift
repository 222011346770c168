/// How a record of the input becomes a canonical row: which field fills which column, and as what.
struct RowPlan {
    struct Source {
        /// Place in the record; nil: a feed that leaves the column out.
        var field: Int?
        var column: Column
        /// Most Unicode scalars of a text; Int.max: any number.
        var limit: Int
        var isText: Bool

        init(field: Int?, column: Column) {
            self.field = field
            self.column = column
            if case .text(let limit) = column.conversion {
                self.limit = limit ?? .max
                isText = true
            } else {
                limit = .max
                isText = false
            }
        }
    }

    let columns: [Source]
    let checked: [Source]
    let keys: [Int]
    /// Place of the Command field; nil: no feed.
    let command: Int?
    let fieldCount: Int
    let trimmer: Trimmer
    /// Whether a canonical record is the canonical row.
    let isIdentity: Bool
    let hasLimits: Bool

    var isFeed: Bool { command != nil }
    /// Places of columns that the feed leaves out.
    var absent: [Int] { columns.indices.filter { columns[$0].field == nil } }

    init(_ preparation: Preparation, header: Header) throws(DeltaError) {
        let path = preparation.input
        let wanted = preparation.commandColumn?.lowercased()
        let commands = header.names.indices.filter { header.names[$0].lowercased() == wanted }
        guard commands.count < 2 else {
            throw DeltaError(
                .columnDuplicated, path: path,
                "the header has the command column \(commands.count) times; it must be there once")
        }
        let isMapped = preparation.columns.contains { $0.source.lowercased() == wanted }
        command = isMapped ? nil : commands.first
        let columns = try Self.sources(
            preparation.columns, keys: preparation.keys, header: header, path: path, optional: command != nil)
        checked = try Self.sources(
            preparation.checkedColumns, keys: [], header: header, path: path, optional: command != nil)
        keys = preparation.keys
        fieldCount = header.names.count
        trimmer = Trimmer(preparation.format.trim)
        hasLimits = columns.contains { $0.limit != .max }
        self.columns = columns
        isIdentity =
            columns.count == fieldCount && trimmer.isIdle && preparation.format.separator == .comma
            && columns.indices.allSatisfy { columns[$0].field == $0 && columns[$0].isText }
    }

    private static func sources(
        _ columns: [Column], keys: [Int], header: Header, path: String, optional: Bool
    ) throws(DeltaError) -> [Source] {
        var sources: [Source] = []
        for (index, column) in columns.enumerated() {
            let isAbsent = optional && !keys.contains(index) && header.indices(of: column.source).isEmpty
            sources.append(
                Source(field: isAbsent ? nil : try header.index(of: column.source, path: path), column: column))
        }
        return sources
    }
}
