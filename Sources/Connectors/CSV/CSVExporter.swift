import ConnectorKit
import Delta

/// The package `Usercube.CSV` (REFERENCE §17): a CSV file becomes `<connection>.csv`, readable by everybody.
package struct CSVExporter: Exporter {
    /// How often a file that changes while it is read is tried, and the time in between.
    private let attempts: Int
    private let pause: Duration

    package init(attempts: Int = 4, pause: Duration = .seconds(1)) {
        self.attempts = attempts
        self.pause = pause
    }

    package var name: String { "CSV" }

    package var settings: [SettingField] { CSVSettings.fields }

    package func furtherProblems(in settings: ConnectionSettings) -> [SettingProblem] {
        CSVSettings.problems(in: settings)
    }

    package func export(_ request: ExportRequest) async throws(ConnectorError) -> ExportedTables {
        let settings = CSVSettings(request.settings)
        let isFeed = !request.isFull && settings.incrementalPath != nil
        let choice = FileChoice(
            path: isFeed ? settings.incrementalPath ?? settings.path : settings.path,
            key: request.settings.key(isFeed ? "PathIncremental" : "Path"), isRegex: settings.isFileNameRegex,
            roots: request.sourceRoots)
        for attempt in 1...attempts {
            try request.checkContinue()
            let source = try choice.open()
            let copy = ReadableCopy(source: source, format: settings.format, request: request)
            if let table = try copy.write(isChangeFeed: isFeed) {
                return ExportedTables(tables: [table.table], hasProduced: !isFeed || table.hasRows)
            }
            guard attempt < attempts else { break }
            do {
                try await Task.sleep(for: pause)
            } catch {
                try request.checkContinue()
            }
        }
        throw ConnectorError(
            .sourceChanging, place: "\(choice.key): \(choice.path)",
            problem: "the file was written to while it was read, \(attempts) times in a row",
            mend: "let its producer write under another name and rename it when it is complete, or run the job later",
            recovery: .retry(after: .seconds(60)))
    }
}
