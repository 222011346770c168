/// What one export shall read and where it writes (DESIGN §4, step 1).
package struct ExportRequest: Sendable {
    package var connection: String
    package var settings: ConnectionSettings
    /// The tables that mappings read from this connection.
    package var tables: [RequestedTable]
    /// Everything is wanted: IgnoreCookieFile, or no image that a change feed could be applied to.
    package var isFull: Bool
    /// The cookies of the version that this run starts from, by name; empty when `isFull`.
    package var cookies: [String: [UInt8]]
    /// The folders that files may be read from (`SourcesRootPaths`).
    package var sourceRoots: SourceRoots
    /// Where tables go: the folder of this job instance.
    package var output: OutputFolder
    /// Called at least every second of work, and at the beginning.
    package var progress: @Sendable (ExportProgress) -> Void
    /// nil: none.
    package var deadline: ContinuousClock.Instant?

    package init(
        connection: String, settings: SettingValue, tables: [RequestedTable] = [], isFull: Bool = true,
        cookies: [String: [UInt8]] = [:], sourceRoots: SourceRoots, output: OutputFolder,
        deadline: ContinuousClock.Instant? = nil, progress: @escaping @Sendable (ExportProgress) -> Void = { _ in }
    ) {
        self.connection = connection
        self.settings = ConnectionSettings(connection: connection, section: settings)
        self.tables = tables
        self.isFull = isFull
        self.cookies = cookies
        self.sourceRoots = sourceRoots
        self.output = output
        self.deadline = deadline
        self.progress = progress
    }

    /// Throws when the task was cancelled or its time is over.
    package func checkContinue() throws(ConnectorError) {
        if Task.isCancelled {
            throw ConnectorError(
                .cancelled, place: "connection \"\(connection)\"", problem: "the export was cancelled",
                mend: "run the job again")
        }
        if let deadline, deadline <= .now {
            throw ConnectorError(
                .timeout, place: "connection \"\(connection)\"", problem: "the export took longer than allowed",
                mend: "raise TaskTimeoutSupplement, or find out why the managed system answers slowly",
                recovery: .retry(after: .seconds(60)))
        }
    }
}
