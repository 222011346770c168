import CSVConnector
import ConnectorKit
import TestSupport
import Testing

/// Every exporter, in every way that it can work.
@Suite struct ConformanceTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test(arguments: [false, true])
    func `CSV does what every exporter must`(isRewritten: Bool) async throws {
        let separator = isRewritten ? ";" : ","
        let rows = String(repeating: "1\(separator)Q7-secret-name\n", count: 4000)
        let path = try folder.write("Id\(separator)Name\n" + rows, to: "people.csv")
        let disk = isRewritten ? try SmallDisk() : nil
        let settings: [String: SettingValue] = ["Path": .string(path), "Separator": .string(separator)]
        let conformance =
            isRewritten
            ? ExporterConformance(
                CSVExporter(pause: .zero), connection: "HR", settings: settings, roots: SourceRoots([folder.path]),
                secrets: ["Q7-secret-name"], fullFolder: { _ in disk.map { OutputFolder($0.path + "/full") } })
            : ExporterConformance(
                CSVExporter(pause: .zero), connection: "HR", settings: settings, roots: SourceRoots([folder.path]),
                secrets: ["Q7-secret-name"])
        #expect(try await conformance.violations() == [])
    }

    @Test func `the suite finds what an exporter does wrong`() async throws {
        let conformance = ExporterConformance(
            HostileExporter(.failsAfterWriting), connection: "HR", settings: [:], roots: SourceRoots([]),
            secrets: ["ldap.example"])
        let violations = try await conformance.violations()
        #expect(
            violations == [
                "a good export fails: ldap.example: does not answer; look after it",
                "an export that is cancelled while it reads ends in unreachable: ldap.example: does not answer; look after it",
                "an export that is cancelled while it reads tells a secret: ldap.example: does not answer; look after it",
                "an export to a full disk ends in unreachable: ldap.example: does not answer; look after it",
                "an export to a full disk tells a secret: ldap.example: does not answer; look after it",
            ])
    }
}
