import ConnectorKit
import Delta

/// The readable copy of one source file: its bytes as they are where they are readable already, else rewritten.
///
/// Either way every line keeps its number, and a malformed record stays one.
struct ReadableCopy {
    let source: SourceFile
    let format: CSVFormat
    let request: ExportRequest

    struct Written {
        let table: ExportedTable
        /// Something follows the header.
        let hasRows: Bool
    }

    /// Nil where the source changed meanwhile: nothing was written then.
    func write(isChangeFeed: Bool) throws(ConnectorError) -> Written? {
        let before = try source.stamp()
        guard before.byteCount > 0 else {
            throw ConnectorError(
                .sourceEmpty, place: source.place, problem: "the file is empty",
                mend: "find out why its producer wrote nothing, and run the job again")
        }
        report(0, of: before)
        let file = try request.output.create(request.connection + ".csv")
        let rowCount: Int?
        let hasRows: Bool
        if let scan = try scanOfReadable() {
            try copyBytes(to: file, size: before)
            guard file.byteCount == before.byteCount else { return nil }
            (rowCount, hasRows) = (nil, scan.hasRows)
        } else {
            let rows = try rewrite(to: file)
            (rowCount, hasRows) = (rows, rows > 0)
        }
        guard try source.stamp() == before else { return nil }
        try request.checkContinue()
        try file.commit()
        report(before.byteCount, of: before)
        let table = ExportedTable(
            name: request.connection, path: file.path, rowCount: rowCount, byteCount: file.byteCount,
            isChangeFeed: isChangeFeed)
        return Written(table: table, hasRows: hasRows)
    }

    /// What the source's beginning says, if it can be copied as it is.
    private func scanOfReadable() throws(ConnectorError) -> HeaderScan? {
        let encoding = format.encoding.uppercased()
        guard format.separator == UInt8(ascii: ","), format.linesToSkip == 0, format.trim.isEmpty,
            encoding == "UTF-8" || encoding == "UTF8"
        else { return nil }
        var scan = HeaderScan()
        var block = try source.read(upTo: Self.block)
        if block.starts(with: [0xFF, 0xFE]) || block.starts(with: [0xFE, 0xFF]) { return nil }
        if block.starts(with: [0xEF, 0xBB, 0xBF]) { block.removeFirst(3) }
        var header = block.count
        while !block.isEmpty, !scan.take(block) {
            // A header of megabytes is none; whoever reads the copy says so with the line.
            guard scan.isComplete || header <= 4 * Self.block else { break }
            block = try source.read(upTo: Self.block)
            header += block.count
        }
        scan.finish()
        guard scan.hasHeader else {
            throw ConnectorError(
                .sourceInvalid, place: source.place, problem: "the file has no header line",
                mend: "its first line has to name the columns")
        }
        try source.seek(to: 0)
        return scan.hasUnnamedColumn ? nil : scan
    }

    private func copyBytes(to file: OutputFile, size: SourceFile.Stamp) throws(ConnectorError) {
        repeat {
            try request.checkContinue()
            report(file.byteCount, of: size)
        } while try file.copy(from: source, upTo: Self.chunk) > 0
    }

    /// The number of rows.
    private func rewrite(to file: OutputFile) throws(ConnectorError) -> Int {
        let deadline = request.deadline
        let rows: Int
        do throws(DeltaError) {
            rows = try CSVRewriter(format: format).rewrite(
                from: source.openPath, to: file.temporaryPath, durable: false,
                isCancelled: { deadline.map { $0 <= .now } ?? false }
            ).rows
        } catch {
            try request.checkContinue()
            throw connectorError(error, writing: file)
        }
        try file.adopt()
        return rows
    }

    /// The same words at the place that a person knows: the setting and the path in it.
    private func connectorError(_ error: DeltaError, writing file: OutputFile) -> ConnectorError {
        let halves = error.detail.split(separator: "; ", maxSplits: 1).map(String.init)
        func made(_ code: ConnectorError.Code, place: String) -> ConnectorError {
            ConnectorError(
                code, place: place, problem: halves.first ?? error.detail,
                mend: halves.count > 1 ? halves[1] : "mend the file and run the job again")
        }
        switch error.code {
        case .diskFull: return made(.outputFull, place: file.path)
        case .writeFailed: return made(.outputUnwritable, place: file.path)
        case .inputEmpty: return made(.sourceEmpty, place: source.place)
        case .inputMissing, .inputUnreadable: return made(.sourceUnreadable, place: source.place)
        case .encodingUnknown: return made(.settings, place: request.settings.key("Encoding"))
        case .cancelled: return made(.cancelled, place: source.place)
        case .headerMissing, .columnMissing, .columnDuplicated, .rowsMissing, .tooManyRejected, .previousUnreadable,
            .previousCorrupt, .requestInvalid:
            return made(.sourceInvalid, place: source.place)
        }
    }

    private func report(_ byteCount: Int, of size: SourceFile.Stamp) {
        request.progress(
            ExportProgress(table: request.connection, byteCount: byteCount, totalByteCount: size.byteCount))
    }

    private static let block = 256 << 10
    private static let chunk = 16 << 20
}
