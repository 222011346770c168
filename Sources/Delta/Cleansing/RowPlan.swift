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
    /// Place of a feed's field that says which columns a row carries; nil: every row carries those of the header.
    let partial: Int?
    /// The file's columns by name, in a feed with such a field.
    let carriable: [String: Int]
    let fieldCount: Int
    let trimmer: Trimmer
    /// Whether a canonical record is the canonical row.
    let isIdentity: Bool
    let hasLimits: Bool

    /// The column of a feed, in any case, that holds the names of the columns that a row carries, separated by `|`: the
    /// others keep the values of the image. Empty: all. This form is ours.
    static let partialColumns = "PartialColumns"

    var isFeed: Bool { command != nil }
    /// Places of columns that the feed leaves out.
    var absent: [Int] { columns.indices.filter { columns[$0].field == nil } }

    init(_ preparation: Preparation, header: Header) throws(DeltaError) {
        let path = preparation.input
        let wanted = preparation.commandColumn?.lowercased()
        command = try Self.place(of: wanted, "command column", preparation, header)
        partial =
            command == nil
            ? nil
            : try Self.place(of: Self.partialColumns.lowercased(), "column \(Self.partialColumns)", preparation, header)
        carriable =
            partial == nil
            ? [:]
            : Dictionary(
                header.names.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { first, _ in first })
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

    /// Where a column stands that says something about its row; nil: nowhere, or it is mapped like any other.
    private static func place(
        of name: String?, _ what: String, _ preparation: Preparation, _ header: Header
    ) throws(DeltaError) -> Int? {
        let found = header.names.indices.filter { header.names[$0].lowercased() == name }
        guard found.count < 2 else {
            throw DeltaError(
                .columnDuplicated, path: preparation.input,
                "the header has the \(what) \(found.count) times; it must be there once")
        }
        let isMapped = preparation.columns.contains { $0.source.lowercased() == name }
        return isMapped ? nil : found.first
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
