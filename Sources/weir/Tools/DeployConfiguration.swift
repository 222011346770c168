import API
import ArgumentParser
import Foundation
import Server
import Storage

/// `Usercube-Deploy-Configuration`: deploys a folder of XML, all of it or nothing (REFERENCE §2, §15).
struct DeployConfiguration: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deploy-configuration",
        abstract: "Deploys a folder of XML files: computes what changes, and applies it in one transaction.",
        discussion: """
            With --api-url the server deploys it, which needs /Configuration/Deploy; otherwise the database is opened \
            directly: --database-connection-string, or ConnectionString of the settings.
            """)

    @Option(
        name: [.customShort("d"), .customLong("configuration-directory")], help: "The folder, for instance ./Conf.")
    var directory: String

    @Flag(help: "Print the changes and write nothing.")
    var simulateOnly = false

    @Option(help: "Also write the changes to this folder, as changes.txt.")
    var dumpChangesDirectory: String?

    @Flag(help: "Empty the database first: configuration, resources, history. There is no way back.")
    var resetDatabase = false

    @Flag(help: "Allow what deletes or re-keys stored resources; without it such a deployment is refused.")
    var forceCascadeDelete = false

    @Option(help: "Verbose, Debug, Information, Warning or Error.")
    var logLevel: String?

    @OptionGroup var api: APIOptions
    @OptionGroup var storage: DatabaseOptions
    @OptionGroup var settings: SettingsOptions

    func validate() throws {
        if api.isGiven, storage.connectionString != nil {
            throw ValidationError("Give --api-url or --database-connection-string, not both.")
        }
        if resetDatabase, api.isGiven || simulateOnly {
            throw ValidationError("--reset-database empties a database directly; leave --api-url and --simulate-only.")
        }
        if let logLevel, Logs.level(logLevel) == nil {
            throw ValidationError("--log-level \(logLevel): write Verbose, Debug, Information, Warning or Error.")
        }
    }

    func run() async throws {
        let context = try ToolContext(settings)
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: directory, isDirectory: &isFolder), isFolder.boolValue else {
            throw Failure(.usage, "There is no folder \(directory); name the one that holds the XML files with -d.")
        }
        let report = try await api.isGiven ? deployedByServer(context) : deployedHere(context)
        for notice in report.notices { print("notice: \(notice)") }
        for change in report.changes { print(change) }
        try dump(report)
        guard report.errors.isEmpty else {
            let count = report.errors.count
            throw Failure(
                .usage,
                (report.errors + ["Nothing was deployed: \(count) error\(count == 1 ? "" : "s")."])
                    .joined(separator: "\n"))
        }
        let count = report.changes.count
        let changes = count == 1 ? "1 change" : "\(count) changes"
        print(simulateOnly ? "\(changes), nothing written" : count == 0 ? "No changes" : "\(changes) deployed")
    }

    private func deployedHere(_ context: ToolContext) async throws -> DeploymentReport {
        if simulateOnly { return try await simulatedHere(context) }
        let database = try await storage.migratedDatabase(context)
        if resetDatabase { try await Migrator.empty(database) }
        return try await deployed(to: database, context)
    }

    /// A simulation makes and changes nothing: where there is no database yet, it plans against an empty one elsewhere.
    private func simulatedHere(_ context: ToolContext) async throws -> DeploymentReport {
        let connectionString = storage.connectionString(context)
        guard databaseExists(connectionString) else {
            let folder = NSTemporaryDirectory() + "weir-" + UUID().uuidString
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let empty = try openDatabase("sqlite:\(folder)/empty.db")
            _ = try await Migrator.migrate(empty)
            return try await deployed(to: empty, context)
        }
        let database = try openDatabase(connectionString)
        let pending = try await Migrator.pending(database)
        guard pending.isEmpty else {
            throw Failure(
                .failed,
                """
                The database is of an older version (\(pending.joined(separator: ", ")) missing), and a simulation \
                writes nothing; run weir migrate first.
                """)
        }
        return try await deployed(to: database, context)
    }

    private func deployed(to database: any Database, _ context: ToolContext) async throws -> DeploymentReport {
        let application = try ServerApplication(
            settings: context.settings.server, database: database, logger: Logs.logger("deploy", context.settings))
        return try await application.deployment.deploy(
            folder: directory, simulateOnly: simulateOnly, forceCascadeDelete: forceCascadeDelete,
            by: "tool \(NSUserName())")
    }

    private func deployedByServer(_ context: ToolContext) async throws -> DeploymentReport {
        try await context.client(api).deploy(
            API.DeployConfiguration(
                files: ConfigurationFiles.read(directory), simulateOnly: simulateOnly,
                forceCascadeDelete: forceCascadeDelete))
    }

    private func dump(_ report: DeploymentReport) throws {
        guard let folder = dumpChangesDirectory else { return }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let text = report.changes.map { $0 + "\n" }.joined()
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/changes.txt"), options: .atomic)
    }
}
