/// From the sorted rows of the input to the rows of the new image: first of duplicates, carried rows, the effect of a
/// feed (DESIGN §4, §5).
final class Resolution {
    private let merge: RowMerge
    private let previous: PreviousRows?
    private let duplicateRows: OutputFile
    private let carriedRows: CarriedRows
    private let owner: Int?
    private let isFeed: Bool
    /// Whether previous rows that no row of the input names stay.
    private let leavesUnnamed: Bool
    /// Columns that a feed leaves out.
    private let absent: [Int]
    /// Why every previous row that is absent is carried, if so.
    private let carryReason: String?
    private let sink: ImageSink

    @exclusivity(unchecked) private(set) var kept = 0
    @exclusivity(unchecked) private(set) var duplicates = 0
    @exclusivity(unchecked) private(set) var notLinks = 0

    /// Of the current group of rows with one key.
    @exclusivity(unchecked) private var groupKey = ByteBuffer(capacity: 256)
    @exclusivity(unchecked) private var hasGroup = false
    @exclusivity(unchecked) private var isTaken = false
    @exclusivity(unchecked) private var markerReason: String?
    /// What a feed's group leaves behind: its last row.
    @exclusivity(unchecked) private var last = ByteBuffer(capacity: 1024)
    @exclusivity(unchecked) private var lastTextCount = 0
    @exclusivity(unchecked) private var isSet = false
    @exclusivity(unchecked) private var isCleared = false

    init(
        merge: RowMerge, previous: PreviousRows?, duplicateRows: OutputFile, carriedRows: CarriedRows, owner: Int?,
        isFeed: Bool, leavesUnnamed: Bool, absent: [Int], carryReason: String?, sink: ImageSink
    ) {
        self.merge = merge
        self.previous = previous
        self.duplicateRows = duplicateRows
        self.carriedRows = carriedRows
        self.owner = owner
        self.isFeed = isFeed
        self.leavesUnnamed = leavesUnnamed
        self.absent = absent
        self.carryReason = carryReason
        self.sink = sink
    }

    func run() throws(DeltaError) {
        while let row = try merge.next() {
            if !hasGroup || compareBytes(row.key, row.keyCount, groupKey.base, groupKey.count) != 0 {
                try closeGroup()
                try openGroup(row)
            }
            if isFeed { apply(row) } else { try take(row) }
        }
        try closeGroup()
        while let previous, try previous.load() {
            try pass(previous)
        }
    }

    @inline(__always)
    private func openGroup(_ row: StoredRow) throws(DeltaError) {
        groupKey.count = 0
        groupKey.append(row.key, row.keyCount)
        hasGroup = true
        isTaken = false
        markerReason = nil
        isSet = false
        isCleared = false
        guard let previous else { return }
        while try previous.load() {
            if compareBytes(previous.order, previous.orderCount, groupKey.base, groupKey.count) >= 0 { break }
            try pass(previous)
        }
    }

    /// A previous row that no row of the input names.
    private func pass(_ previous: PreviousRows) throws(DeltaError) {
        if leavesUnnamed {
            try sink.add(previous.text, previous.textCount, key: previous.key, previous.keyCount)
        } else if let carryReason {
            try carry(previous, carryReason)
        }
        previous.drop()
    }

    private func carry(_ previous: PreviousRows, _ reason: String) throws(DeltaError) {
        try carriedRows.add(previous.key, previous.keyCount, reason: reason)
        try sink.add(previous.text, previous.textCount, key: previous.key, previous.keyCount)
    }

    /// A row of a full file.
    @inline(__always)
    private func take(_ row: StoredRow) throws(DeltaError) {
        switch row.kind {
        case .kept, .noLink:
            if isTaken {
                duplicates += 1
                try duplicateRows.write(row.text, row.textCount)
                duplicateRows.rows += 1
                return
            }
            isTaken = true
            if row.kind == .noLink {
                notLinks += 1
            } else {
                kept += 1
                try emitRow(row)
            }
        case .marker:
            if markerReason == nil {
                markerReason = String(
                    decoding: UnsafeBufferPointer(start: row.text, count: row.textCount), as: UTF8.self)
            }
        case .removal:
            preconditionFailure("a full file has no commands")
        }
    }

    @inline(__always)
    private func emitRow(_ row: StoredRow) throws(DeltaError) {
        switch owner {
        case nil: try sink.add(row.text, row.textCount, key: row.key, row.keyCount)
        case .some(0): try sink.add(row.text, row.textCount, key: row.tail, row.tailCount - row.keyCount)
        case .some: try sink.add(row.text, row.textCount, key: row.tail, row.tailCount)
        }
    }

    /// A row of a feed: the last word on a key counts.
    private func apply(_ row: StoredRow) {
        switch row.kind {
        case .kept, .noLink, .removal:
            isTaken = true
            isSet = row.kind == .kept
            if row.kind == .noLink { notLinks += 1 } else { kept += 1 }
            if row.kind == .removal { isCleared = true }
            last.count = 0
            guard isSet else { return }
            last.append(row.text, row.textCount)
            lastTextCount = row.textCount
            switch owner {
            case nil: last.append(row.key, row.keyCount)
            case .some(0): last.append(row.tail, row.tailCount - row.keyCount)
            case .some: last.append(row.tail, row.tailCount)
            }
        case .marker:
            if markerReason == nil {
                markerReason = String(
                    decoding: UnsafeBufferPointer(start: row.text, count: row.textCount), as: UTF8.self)
            }
        }
    }

    @inline(__always)
    private func closeGroup() throws(DeltaError) {
        guard hasGroup, isFeed || previous != nil else { return }
        if isFeed, isTaken {
            try closeFeedGroup()
        } else if !isTaken, let previous {
            let reason = markerReason ?? ""
            while try isAtGroup(previous) {
                try carry(previous, reason)
                previous.drop()
            }
        } else if let previous {
            while try isAtGroup(previous) { previous.drop() }
        }
    }

    private func isAtGroup(_ previous: PreviousRows) throws(DeltaError) -> Bool {
        guard try previous.load() else { return false }
        return compareBytes(previous.order, previous.orderCount, groupKey.base, groupKey.count) == 0
    }

    private func closeFeedGroup() throws(DeltaError) {
        var isMerged = false
        while let previous, try isAtGroup(previous) {
            if isSet, !absent.isEmpty, !isCleared, !isMerged {
                fillAbsent(from: previous)
                isMerged = true
            }
            previous.drop()
        }
        guard isSet else { return }
        try sink.add(last.base, lastTextCount, key: last.base + lastTextCount, last.count - lastTextCount)
    }

    /// Columns that the feed leaves out keep the previous image's values.
    private func fillAbsent(from previous: PreviousRows) {
        let new = CanonicalFields.split(last.base, lastTextCount)
        let old = CanonicalFields.split(previous.text, previous.textCount)
        var merged = ByteBuffer(capacity: lastTextCount + previous.textCount + last.count)
        for index in new.indices {
            if index > 0 { merged.append(.comma) }
            let isAbsent = absent.contains(index)
            let field = isAbsent ? old[index] : new[index]
            merged.append((isAbsent ? previous.text : UnsafePointer(last.base)) + field.lowerBound, field.count)
        }
        merged.append(.lineFeed)
        let textCount = merged.count
        merged.append(last.base + lastTextCount, last.count - lastTextCount)
        swap(&merged, &last)
        lastTextCount = textCount
    }
}
