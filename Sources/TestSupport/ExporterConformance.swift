import ConnectorKit
import Foundation

/// What every exporter must do, whatever it reads: each check gives the rules that were broken, none if all is well.
///
/// A connector's test makes one of these per way of exporting and expects `violations()` to be empty.
package struct ExporterConformance: Sendable {
    private let exporter: any Exporter
    private let connection: String
    /// With which an export succeeds, and gives at least one table of more than 16 bytes.
    private let settings: [String: SettingValue]
    private let roots: SourceRoots
    /// Texts that no message may hold: secrets of the settings, values of rows.
    private let secrets: [String]
    /// A folder whose disk is full, where the exporter does not write through `FileCalls` alone; nil: none to be had.
    private let fullFolder: @Sendable (TemporaryFolder) -> OutputFolder?

    package init(
        _ exporter: any Exporter, connection: String, settings: [String: SettingValue], roots: SourceRoots,
        secrets: [String],
        fullFolder: @escaping @Sendable (TemporaryFolder) -> OutputFolder? = {
            OutputFolder($0.path("full"), calls: FullDisk.calls(after: 16))
        }
    ) {
        self.exporter = exporter
        self.connection = connection
        self.settings = settings
        self.roots = roots
        self.secrets = secrets
        self.fullFolder = fullFolder
    }

    package func violations() async throws -> [String] {
        var violations = try await violationsOfOutput()
        violations += try await violationsOfCancellation()
        violations += try await violationsOfDeadline()
        violations += try await violationsOfFullDisk()
        violations += violationsOfSettings()
        return violations
    }

    // MARK: What is written

    private func violationsOfOutput() async throws -> [String] {
        let folder = try TemporaryFolder()
        var violations: [String] = []
        let exported: ExportedTables
        do {
            exported = try await run(in: folder)
        } catch {
            return ["a good export fails: \(error)"]
        }
        let expected = Set(exported.tables.map { $0.name + ".csv" })
        if expected.isEmpty { violations.append("a good export gives no table") }
        for place in ["collect", "published"] where Set(folder.names(in: place)) != expected {
            violations.append("\(place) holds \(folder.names(in: place)), not the tables \(expected.sorted())")
        }
        for table in exported.tables {
            if table.name != connection, !table.name.hasPrefix(connection + "_") {
                violations.append("\(table.name) is no name of a table of \(connection)")
            }
            let bytes = try folder.bytes("collect/\(table.name).csv")
            if bytes.count != table.byteCount { violations.append("\(table.name): byteCount is not the file's") }
            if String(validating: bytes, as: UTF8.self) == nil { violations.append("\(table.name) is no UTF-8") }
            if try folder.mode("collect/\(table.name).csv") != 0o600 {
                violations.append("\(table.name) can be read by others")
            }
        }
        if try folder.mode("collect") != 0o700 { violations.append("others can look into the folder") }
        let again = try await run(in: folder)
        if again.tables != exported.tables { violations.append("a second export of the same gives another result") }
        return violations
    }

    // MARK: What ends it

    /// Before it begins, and while it reads: at its first report of progress.
    private func violationsOfCancellation() async throws -> [String] {
        let folder = try TemporaryFolder()
        let early = Task { () -> ConnectorError? in
            withUnsafeCurrentTask { $0?.cancel() }
            return await failure(in: folder)
        }
        let late = Task { () -> ConnectorError? in
            await failure(in: folder, progress: { _ in withUnsafeCurrentTask { $0?.cancel() } })
        }
        return await judge(early.value, expected: .cancelled, in: folder, case: "an export that was cancelled before")
            + judge(late.value, expected: .cancelled, in: folder, case: "an export that is cancelled while it reads")
    }

    private func violationsOfDeadline() async throws -> [String] {
        let folder = try TemporaryFolder()
        let failure = await failure(in: folder, deadline: .now - .seconds(1))
        return judge(failure, expected: .timeout, in: folder, case: "an export without time")
    }

    private func violationsOfFullDisk() async throws -> [String] {
        let folder = try TemporaryFolder()
        guard let output = fullFolder(folder) else { return [] }
        let failure = await failure(in: folder, output: output)
        let left = (try? FileManager.default.contentsOfDirectory(atPath: output.path)) ?? []
        return judge(failure, expected: .outputFull, in: folder, case: "an export to a full disk")
            + left.map { "an export to a full disk leaves \($0)" }
    }

    private func judge(
        _ failure: ConnectorError?, expected: ConnectorError.Code, in folder: TemporaryFolder, case name: String
    ) -> [String] {
        guard let failure else { return ["\(name) succeeds"] }
        var violations: [String] = []
        if failure.code != expected { violations.append("\(name) ends in \(failure.code): \(failure)") }
        let left = folder.names(in: "collect") + folder.names(in: "published")
        violations += left.map { "\(name) leaves \($0)" }
        var dumped = ""
        dump(failure, to: &dumped)
        for secret in secrets where "\(failure)\(dumped)".contains(secret) {
            violations.append("\(name) tells a secret: \(failure)")
        }
        return violations
    }

    // MARK: What is asked for

    private func violationsOfSettings() -> [String] {
        var violations: [String] = []
        func keys(_ section: SettingValue?) -> Set<String> {
            Set(exporter.problems(in: section, connection: connection).map(\.key))
        }
        func key(_ field: SettingField) -> String { "Connections:\(connection):\(field.name)" }
        if !keys(.object(settings)).isEmpty { violations.append("good settings have problems") }
        let required = Set(exporter.settings.filter(\.isRequired).map(key))
        if !keys(nil).isSuperset(of: required) { violations.append("a missing section does not name \(required)") }
        // A list in a list fits no kind of setting.
        let wrong = Dictionary(
            uniqueKeysWithValues: exporter.settings.map { ($0.name, SettingValue.array([.array([.null])])) })
        let all = Set(exporter.settings.map(key))
        if !keys(.object(wrong)).isSuperset(of: all) {
            violations.append("settings that are all wrong: only \(keys(.object(wrong)).sorted()) are named")
        }
        if !keys(.object(settings.merging(["Tpyo": .bool(true)]) { $1 })).contains("Connections:\(connection):Tpyo") {
            violations.append("an unknown setting is not named")
        }
        let problems = exporter.problems(in: .object(wrong), connection: connection)
        for secret in secrets where "\(problems)".contains(secret) { violations.append("a problem tells a secret") }
        for field in exporter.settings where field.description.isEmpty {
            violations.append("\(field.name) is not described")
        }
        return violations
    }

    // MARK: Running

    private func run(
        in folder: TemporaryFolder, output: OutputFolder? = nil, deadline: ContinuousClock.Instant? = nil,
        progress: @escaping @Sendable (ExportProgress) -> Void = { _ in }
    ) async throws(ConnectorError) -> ExportedTables {
        let request = ExportRequest(
            connection: connection, settings: .object(settings), sourceRoots: roots,
            output: output ?? OutputFolder(folder.path("collect")), deadline: deadline, progress: progress)
        return try await ExportRun(
            exporter, request: request, published: PublishedFolder(folder.path("published"))
        ).run()
    }

    private func failure(
        in folder: TemporaryFolder, output: OutputFolder? = nil, deadline: ContinuousClock.Instant? = nil,
        progress: @escaping @Sendable (ExportProgress) -> Void = { _ in }
    ) async -> ConnectorError? {
        do throws(ConnectorError) {
            _ = try await run(in: folder, output: output, deadline: deadline, progress: progress)
            return nil
        } catch {
            return error
        }
    }
}
