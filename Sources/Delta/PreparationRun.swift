/// One call of `prepare`: opens what it reads and writes, and leads the rows through cleansing, resolution and
/// comparison.
final class PreparationRun {
    private let preparation: Preparation
    private var result = PreparationResult()
    private let columnNames: [String]
    private let owner: Int?

    init(_ preparation: Preparation) {
        self.preparation = preparation
        columnNames = preparation.columns.map(\.name)
        if case .pairs(let owner) = preparation.kind { self.owner = owner } else { owner = nil }
    }

    private func path(_ suffix: String) -> String {
        "\(preparation.outputDirectory)/\(preparation.name).\(suffix)"
    }

    private func output(_ suffix: String, header: [String]) throws(DeltaError) -> OutputFile {
        let output = try OutputFile(path: path(suffix), checksum: preparation.checksums)
        try output.writeHeader(header)
        return output
    }

    func run() throws(DeltaError) -> PreparationResult {
        let input = try TextInput(path: preparation.input, encoding: preparation.format.encoding)
        let watch = Watch(preparation, bytesTotal: input.totalBytes)
        let scanner = RecordScanner(
            input: input, separator: preparation.format.separator, windowSize: preparation.windowSize,
            readsAhead: true)
        let header = try Header(scanner: scanner, format: preparation.format)
        let plan = try RowPlan(preparation, header: header)
        let nullKeyRows = try output("nullpk.csv", header: columnNames)
        let duplicateRows = try output("duplicates.csv", header: columnNames)
        let rejectedRows = try RejectedRows(
            output: preparation.writesRejected
                ? try OutputFile(path: path("rejected.csv"), checksum: preparation.checksums) : nil,
            inputName: preparation.inputName)
        let sorter = RowSorter(budget: preparation.memoryBudget, directory: preparation.outputDirectory)
        let cleansing = Cleansing(
            preparation, scanner: scanner, plan: plan, sorter: sorter, nullKeyRows: nullKeyRows,
            rejectedRows: rejectedRows, watch: watch)
        try cleansing.run()
        result.rowsRead = cleansing.rowsRead
        result.nullKeys = cleansing.nullKeys
        result.rejected = cleansing.rejected
        result.rejectedAlready = cleansing.rejectedAlready
        result.isChangeFeed = plan.isFeed
        result.bytesRead = scanner.bytesRead
        try checkRejected(rejectedRows)
        try checkRows()

        let sorted = try output("sorted.csv", header: columnNames)
        let delta = preparation.writesDelta ? try output("sorted.delta", header: ["command"] + columnNames) : nil
        let carriedRows = CarriedRows(
            path: path("carried.csv"), keys: preparation.keys.map { columnNames[$0] },
            checksum: preparation.checksums)
        let association = preparation.kind == .entries ? nil : preparation.digestIdentifier ?? preparation.name
        let comparison = Comparison(sorted: sorted, delta: delta, previous: try image(preparation.previous))
        let names = columnNames
        let keys = preparation.keys
        let pipeline = ImagePipeline(
            comparison,
            digester: preparation.digests ? { RowDigester(columns: names, association: association, keys: keys) } : nil)
        // What a feed does not name stays as it is, unless it names everything.
        let leavesUnnamed = plan.isFeed && !preparation.isCompleteFeed
        let carryReason =
            leavesUnnamed
            ? nil
            : cleansing.firstUnreadableLine.map {
                "line \($0) was rejected and its key cannot be read: it may be this row"
            }
        let needsPrevious = plan.isFeed || cleansing.hasMarkers || carryReason != nil
        var previous: PreviousRows?
        let base = plan.isFeed ? preparation.feedBase ?? preparation.previous : preparation.previous
        if needsPrevious, let image = try image(base) {
            previous = try PreviousRows(
                image, owner: owner, budget: preparation.memoryBudget / 4, directory: preparation.outputDirectory)
        }
        let bySecond =
            owner == 1
            ? RowSorter(budget: preparation.memoryBudget / 4, directory: preparation.outputDirectory) : nil
        let sink = ImageSink(pipeline, sortingWith: bySecond, watch: watch, bytesRead: result.bytesRead)
        let resolution = Resolution(
            merge: try sorter.finish(), previous: previous, duplicateRows: duplicateRows, carriedRows: carriedRows,
            owner: owner, isFeed: plan.isFeed, leavesUnnamed: leavesUnnamed,
            absent: preparation.isCompleteFeed ? [] : plan.absent, carryReason: carryReason, sink: sink)
        try resolution.run()
        try sink.finish()
        result.digest = try pipeline.finish()
        try comparison.finish()
        try watch.check()

        result.kept = resolution.kept
        result.duplicates = resolution.duplicates
        result.notLinks = cleansing.notLinks + resolution.notLinks
        result.carried = carriedRows.count
        result.inserted = comparison.inserted
        result.updated = comparison.updated
        result.deleted = comparison.deleted
        result.unchanged = comparison.unchanged
        let files = [sorted, delta, nullKeyRows, duplicateRows, rejectedRows.output, carriedRows.output]
        try OutputFile.commit(files.compactMap { $0 }, durable: preparation.isDurable)
        result.sorted = sorted.summary
        result.delta = delta?.summary
        result.nullKeyRows = nullKeyRows.summary
        result.duplicateRows = duplicateRows.summary
        result.rejectedRows = rejectedRows.output?.summary
        result.carriedRows = carriedRows.output?.summary
        result.seconds = watch.seconds
        return result
    }

    private func image(_ path: String?) throws(DeltaError) -> ImageReader? {
        guard let path else { return nil }
        return try ImageReader(path: path, columns: columnNames, keys: preparation.keys)
    }

    private func checkRejected(_ rejectedRows: RejectedRows) throws(DeltaError) {
        let limit = preparation.maximumRejectedPercentage
        guard limit > 0, result.rejectedHere * 100 > result.rowsRead * limit else { return }
        var hint = "look at the file"
        if let output = rejectedRows.output {
            try OutputFile.commit([output], durable: preparation.isDurable)
            hint = "look at \(output.path)"
        }
        throw DeltaError(
            .tooManyRejected, path: preparation.input,
            "\(result.rejectedHere) of \(result.rowsRead) rows were rejected, more than \(limit) %; \(hint) and mend the "
                + "source, or raise MaxPercentageRejectedRows")
    }

    private func checkRows() throws(DeltaError) {
        guard result.rowsRead == 0, !result.isChangeFeed || preparation.isCompleteFeed, !preparation.allowsEmpty else {
            return
        }
        guard let image = try image(preparation.previous), try image.load() else { return }
        throw DeltaError(
            .rowsMissing, path: preparation.input,
            "the file has no rows, but the last image of \(preparation.name) has; was its export cut short?")
    }
}
