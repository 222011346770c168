/// What reads one kind of managed system: the implementation of a connection's `Package` (REFERENCE §17).
///
/// An exporter is one folder under `Sources/Connectors` and one line in the composition root. The conformance suite in
/// `TestSupport` says what each must do.
package protocol Exporter: Sendable {
    /// As `Packages` of the configuration names it, for instance `CSV`.
    var name: String { get }

    /// Every setting that the package reads.
    var settings: [SettingField] { get }

    /// What is wrong in settings beyond the types of single fields. `problems(in:)` of the fields is called besides.
    func furtherProblems(in settings: ConnectionSettings) -> [SettingProblem]

    /// Reads the managed system and writes its tables through `request.output`, each through a temporary name.
    ///
    /// Calls `request.checkContinue()` at least once a second of work and reports progress as often. What it throws
    /// leaves no table behind.
    func export(_ request: ExportRequest) async throws(ConnectorError) -> ExportedTables
}

extension Exporter {
    package func furtherProblems(in settings: ConnectionSettings) -> [SettingProblem] { [] }

    /// Everything that is wrong in a connection's section; notices included. A missing section is an empty one.
    package func problems(in section: SettingValue?, connection: String) -> [SettingProblem] {
        let settings = ConnectionSettings(connection: connection, section: section ?? .object([:]))
        return settings.problems(fields: self.settings) + furtherProblems(in: settings)
    }
}
