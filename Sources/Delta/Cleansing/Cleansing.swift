import Glibc

/// Reads the input once: every row becomes a stored row of the sorter, or is written off with its reason (REFERENCE
/// §11, DESIGN §5).
final class Cleansing {
    private let preparation: Preparation
    private let scanner: RecordScanner
    private let plan: RowPlan
    private let sorter: RowSorter
    private let nullKeyRows: OutputFile
    private let rejectedRows: RejectedRows
    @exclusivity(unchecked) private var builder: RowBuilder
    private let watch: Watch
    private let owner: Int?
    private let isPairs: Bool
    /// Whether two columns are the key.
    private let isComposite: Bool
    /// By field, what the current row carries that says so; empty: it does not say.
    private var carried: [Bool] = []

    private(set) var rowsRead = 0
    private(set) var nullKeys = 0
    private(set) var notLinks = 0
    private(set) var rejected = 0
    /// Of these, those that the mapping of the checked columns rejects too.
    private(set) var rejectedAlready = 0
    /// Whether a rejected row's key is known, so that its row is carried.
    private(set) var hasMarkers = false
    /// The line of the first rejected row without readable key.
    private(set) var firstUnreadableLine: Int?

    init(
        _ preparation: Preparation, scanner: RecordScanner, plan: RowPlan, sorter: RowSorter, nullKeyRows: OutputFile,
        rejectedRows: RejectedRows, watch: Watch
    ) {
        self.preparation = preparation
        self.scanner = scanner
        self.plan = plan
        self.sorter = sorter
        self.nullKeyRows = nullKeyRows
        self.rejectedRows = rejectedRows
        self.watch = watch
        builder = RowBuilder(plan)
        isComposite = plan.keys.count == 2
        if case .pairs(let owner) = preparation.kind {
            isPairs = true
            self.owner = owner
        } else {
            isPairs = false
            owner = nil
        }
    }

    func run() throws(DeltaError) {
        while true {
            switch try scanner.next() {
            case .record:
                rowsRead += 1
                if let rejection = try take() { try reject(rejection) }
            case .malformed(let malformation):
                rowsRead += 1
                // The copy that is read may say what was wrong with the source; then the fields are not there.
                if malformation == .textAfterQuote, let mark = UnreadableMark(scanner.record) {
                    try reject(mark.rejection, keyIsLost: true)
                } else {
                    try reject(.malformed(malformation))
                }
            case .blank:
                continue
            case .end:
                return
            }
            if rowsRead & 0xFFF == 0 { try watch.tick(.reading, rows: rowsRead, bytesRead: scanner.bytesRead) }
        }
    }

    @inline(__always)
    private func take() throws(DeltaError) -> Rejection? {
        guard scanner.fieldCount == plan.fieldCount else {
            return .fieldCount(found: scanner.fieldCount, expected: plan.fieldCount)
        }
        let byteCount = scanner.recordEnd - scanner.recordStart
        let check = scanner.check
        if check != 0 { return check & 1 != 0 ? .undecodable : .holdsNull }
        var kind = RowKind.kept
        if plan.isFeed {
            guard let command = builder.command(scanner) else { return .unknownCommand }
            if case .delete = command { return try takeDeletion() }
            if plan.partial != nil {
                carried = []
                let names = builder.partialColumns(scanner)
                if !names.isEmpty { return try takePartial(names) }
            }
        }
        // Quotes at most double the bytes; conversions add less than 32 a field.
        let most = StoredRow.headSize + 3 * byteCount + 64 * plan.columns.count + 64
        try sorter.prepare(for: most)
        let offset = sorter.rows.count
        sorter.rows.count += StoredRow.headSize
        let textStart = sorter.rows.count
        if let column = builder.append(scanner, to: &sorter.rows) {
            sorter.rows.count = offset
            return .misfit(column)
        }
        let textCount = sorter.rows.count - textStart
        var keyOffset: Int
        var keyCount: Int
        if !isComposite {
            let key = builder.keys[0]
            keyCount = key.count
            if keyCount == 0 {
                try nullKeyRows.write(sorter.rows.base + textStart, textCount)
                nullKeyRows.rows += 1
                nullKeys += 1
                sorter.rows.count = offset
                return nil
            }
            if let place = key.offset {
                keyOffset = place
            } else {
                keyOffset = textCount
                sorter.rows.append(builder.keyTexts.base + key.start, keyCount)
            }
        } else {
            let first = builder.keys[0]
            let second = builder.keys[1]
            let isEmpty = first.count == 0 || second.count == 0
            // A pair that belongs to one side needs that one; a pair of its own is no link without both.
            if owner.map({ builder.keys[$0].count == 0 }) ?? (isEmpty && !isPairs) {
                try nullKeyRows.write(sorter.rows.base + textStart, textCount)
                nullKeyRows.rows += 1
                nullKeys += 1
                sorter.rows.count = offset
                return nil
            }
            if isEmpty {
                guard owner != nil else {
                    notLinks += 1
                    sorter.rows.count = offset
                    return nil
                }
                kind = .noLink
            }
            // Behind the row: first, U+0000, second.
            appendKey(first)
            sorter.rows.append(0)
            appendKey(second)
            switch owner {
            case .some(0): (keyOffset, keyCount) = (textCount + first.count + 1 + second.count, first.count)
            case .some: (keyOffset, keyCount) = (textCount + first.count + 1, second.count)
            case nil: (keyOffset, keyCount) = (textCount, first.count + 1 + second.count)
            }
            // A stored row ends with the key that it is sorted by.
            if owner == 0 { appendKey(first) }
        }
        guard keyCount <= StoredRow.longestKey else {
            sorter.rows.count = offset
            return .misfit(plan.columns[plan.keys[0]].column)
        }
        StoredRow.writeHead(
            at: sorter.rows.base + offset, textCount: textCount, keyOffset: keyOffset, keyCount: keyCount,
            kind: kind)
        sorter.commit(offset)
        return nil
    }

    @inline(__always)
    private func appendKey(_ key: RowBuilder.Key) {
        sorter.rows.reserve(key.count)
        if key.offset != nil {
            memcpy(sorter.rows.base + sorter.rows.count, sorter.rows.base + key.start, key.count)
            sorter.rows.count += key.count
        } else {
            sorter.rows.append(builder.keyTexts.base + key.start, key.count)
        }
    }

    /// A feed's deletion needs its key only.
    private func takeDeletion() throws(DeltaError) -> Rejection? {
        guard let keys = readableKeys() else { return .misfit(plan.columns[plan.keys[0]].column) }
        guard let key = sortKey(keys) else {
            try writeOff(keys)
            return nil
        }
        try add(.removal, text: [], key: key)
        return nil
    }

    /// A feed's row that carries these columns only, and its key.
    private func takePartial(_ names: [String]) throws(DeltaError) -> Rejection? {
        var isCarried = [Bool](repeating: false, count: plan.fieldCount)
        for name in names {
            guard let field = plan.carriable[name] else { return .unknownPartialColumn(String(name.prefix(64))) }
            isCarried[field] = true
        }
        for (index, key) in plan.keys.enumerated() where owner == nil || owner == index {
            if let field = plan.columns[key].field { isCarried[field] = true }
        }
        carried = isCarried
        var text = ByteBuffer(capacity: 1024)
        if let column = builder.append(scanner, carrying: isCarried, to: &text) { return .misfit(column) }
        guard let keys = readableKeys() else { return .misfit(plan.columns[plan.keys[0]].column) }
        guard let key = sortKey(keys) else {
            try writeOff(keys)
            return nil
        }
        for source in plan.columns {
            text.append(source.field.map { isCarried[$0] } ?? false ? 0 : 1)
        }
        try add(.partial, text: Array(text.bytes), key: key)
        return nil
    }

    /// All keys, or for pairs with an owner at least that one; nil: not readable.
    private func readableKeys() -> [[UInt8]]? {
        var keys: [[UInt8]] = []
        for index in plan.keys.indices {
            let key = builder.readableKey(scanner, index)
            if let owner, owner != index {
                keys.append(key ?? [])
            } else {
                guard let key else { return nil }
                keys.append(key)
            }
        }
        return keys
    }

    /// What the row is sorted by; nil: empty.
    private func sortKey(_ keys: [[UInt8]]) -> [UInt8]? {
        if !isComposite { return keys[0].isEmpty ? nil : keys[0] }
        if let owner { return keys[owner].isEmpty ? nil : keys[owner] }
        return keys[0].isEmpty || keys[1].isEmpty ? nil : keys[0] + [0] + keys[1]
    }

    private func writeOff(_ keys: [[UInt8]]) throws(DeltaError) {
        if isPairs, owner == nil {
            notLinks += 1
            return
        }
        var row = ByteBuffer(capacity: 256)
        for index in plan.columns.indices {
            if index > 0 { row.append(.comma) }
            if let key = plan.keys.firstIndex(of: index) {
                row.appendField(String(decoding: keys[key], as: UTF8.self))
            }
        }
        if row.count == 0 { row.append("\"\"") }
        row.append(.lineFeed)
        try nullKeyRows.write(row.base, row.count)
        nullKeyRows.rows += 1
        nullKeys += 1
    }

    private func add(_ kind: RowKind, text: [UInt8], key: [UInt8]) throws(DeltaError) {
        try text.withUnsafeBufferPointer { (text) throws(DeltaError) in
            try key.withUnsafeBufferPointer { (key) throws(DeltaError) in
                try sorter.add(kind: kind, text: UnsafeRawBufferPointer(text), key: UnsafeRawBufferPointer(key))
            }
        }
    }

    /// Where pairs stand in an entity's table, that mapping lists the rows which neither can use.
    private func isRejectedAlready(_ rejection: Rejection) -> Bool {
        guard !plan.checked.isEmpty else { return false }
        switch rejection {
        case .malformed, .fieldCount, .undecodable, .holdsNull, .unknownCommand, .unknownPartialColumn: return true
        case .misfit where !carried.isEmpty: return builder.firstMisfit(scanner, carrying: carried) != nil
        case .misfit: return builder.hasCheckedMisfit(scanner)
        }
    }

    private func reject(_ rejection: Rejection, keyIsLost: Bool = false) throws(DeltaError) {
        rejected += 1
        let keys = rejection.leavesKeyReadable && !keyIsLost ? readableKeys() : nil
        // An empty key names no row that could be carried.
        let key = keys.flatMap(sortKey)
        let isAlready = isRejectedAlready(rejection)
        scanner.rejectRecord()
        if isAlready {
            rejectedAlready += 1
        } else {
            try rejectedRows.add(scanner, rejection, keys: key == nil ? nil : keys)
        }
        if let key {
            hasMarkers = true
            try add(.marker, text: Array("line \(scanner.line) was rejected: \(rejection.reason)".utf8), key: key)
        } else if keys == nil, firstUnreadableLine == nil {
            firstUnreadableLine = scanner.line
        }
    }
}
