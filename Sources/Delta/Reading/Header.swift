/// The header of a CSV file: its names, trimmed, in the file's order.
struct Header {
    let names: [String]
    /// Where each name stands, in the file's order.
    private let places: [String: [Int]]

    init(names: [String]) {
        self.names = names
        places = Dictionary(grouping: names.indices) { names[$0] }
    }

    /// Reads the first record that is not blank, behind the lines to skip.
    init(scanner: RecordScanner, format: CSVFormat) throws(DeltaError) {
        let path = scanner.input.path
        if scanner.input.totalBytes == 0, scanner.bytesRead == 0 {
            throw DeltaError(.inputEmpty, path: path, "the file is empty; was its export cut short?")
        }
        guard try scanner.skipLines(format.linesToSkip) else {
            throw DeltaError(
                .headerMissing, path: path, "the file has fewer lines than the \(format.linesToSkip) to skip")
        }
        switch try scanner.next() {
        case .record:
            break
        case .malformed:
            throw DeltaError(
                .headerMissing, path: path,
                "line \(scanner.line): the header line has a quote that is never closed, or text behind one; mend it")
        case .blank, .end:
            throw DeltaError(
                .headerMissing, path: path, "there is no header line; the first line has to name the columns")
        }
        let trimmer = Trimmer(format.trim)
        self.init(names: (0..<scanner.fieldCount).map { trimmer.trim(scanner.text($0)) })
    }

    /// The places of a column, in the file's order.
    func indices(of column: String) -> [Int] { places[column] ?? [] }

    /// The place of a column that must be there once.
    func index(of column: String, path: String) throws(DeltaError) -> Int {
        let found = indices(of: column)
        if found.count > 1 {
            throw DeltaError(
                .columnDuplicated, path: path,
                "the header has the column \"\(column)\" \(found.count) times; a mapped column must be there once")
        }
        guard let index = found.first else { throw missing(column, path: path) }
        return index
    }

    private func missing(_ column: String, path: String) -> DeltaError {
        let listed = names.prefix(40).map { "\"\($0)\"" }.joined(separator: ", ") + (names.count > 40 ? ", …" : "")
        let nearest = names.filter { !$0.isEmpty }.min { distance($0, column) < distance($1, column) }
        let hint = nearest.map { distance($0, column) <= max(2, column.count / 3) ? "; did you mean \"\($0)\"?" : "" }
        return DeltaError(
            .columnMissing, path: path,
            "the header has no column \"\(column)\"\(hint ?? ""); it has \(listed.isEmpty ? "none" : listed)")
    }

    /// Edit distance without regard to case.
    private func distance(_ left: String, _ right: String) -> Int {
        let left = Array(left.lowercased().prefix(100))
        let right = Array(right.lowercased().prefix(100))
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                let next = min(row[j] + 1, row[j + 1] + 1, diagonal + (a == b ? 0 : 1))
                diagonal = row[j + 1]
                row[j + 1] = next
            }
        }
        return row[right.count]
    }
}
