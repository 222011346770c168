import Agent
import Foundation
import Logging
import Server

/// Everything that the settings files say, read once and checked together.
struct Settings: Sendable {
    let applicationUri: String
    let connectionString: String
    let agent: AgentSettings
    let server: ServerSettings
    let isSchedulerEnabled: Bool
    let maximumLockWatchTime: Duration
    let logLevel: Logger.Level

    /// Throws `SettingsError` that lists every problem with its key.
    init(_ files: SettingsFiles) throws {
        var reader = SettingsReader(files)
        applicationUri = reader.text("ApplicationUri", default: "http://localhost:5000")
        connectionString = reader.text("ConnectionString", default: "sqlite:weir.db")
        isSchedulerEnabled = reader.bool("Scheduler:Enabled", default: true)
        maximumLockWatchTime = .seconds(reader.integer("Scheduler:MaxLockWatchTime", default: 1800, in: 1...86400))
        logLevel = Self.logLevel(&reader)
        agent = Self.agent(&reader)
        server = Self.server(&reader, applicationUri: applicationUri, lockWatchTime: maximumLockWatchTime)
        Self.checkUri(applicationUri, &reader)
        try reader.check()
    }

    private static func agent(_ reader: inout SettingsReader) -> AgentSettings {
        var clients: [String: String] = [:]
        for name in reader.sections("OpenId:OpenIdClients").keys {
            clients[name] = reader.text("OpenId:OpenIdClients:\(name)")
        }
        return AgentSettings(
            agentIdentifier: reader.text("OpenId:AgentIdentifier", default: "Local"),
            tempFolder: reader.text("TempFolderPath", default: "../Temp"),
            workFolder: reader.text("WorkFolderPath", default: "../Work"),
            clients: clients, defaultClient: reader.text("OpenId:DefaultOpenIdClient"),
            sourcesRootPaths: reader.texts("SourcesRootPaths"), connections: reader.sections("Connections"),
            maximumTaskBatchSize: reader.integer("Jobs:MaxTaskBatchSize", default: 5, in: 1...100),
            memoryBudget: reader.bytes("Prepare:MemoryBudget", default: 160 << 20))
    }

    private static func server(
        _ reader: inout SettingsReader, applicationUri: String, lockWatchTime: Duration
    ) -> ServerSettings {
        var settings = ServerSettings()
        settings.applicationUri = applicationUri
        settings.workFolderPath = reader.text("WorkFolderPath", default: settings.workFolderPath)
        settings.tempFolderPath = reader.text("TempFolderPath", default: settings.tempFolderPath)
        settings.jobLaunchTimeout = .milliseconds(
            reader.integer("JobLaunchTimeout", default: 7500, in: 100...3_600_000))
        settings.defaultPageSize = reader.integer("DefaultPageSize", default: settings.defaultPageSize, in: 1...10000)
        settings.maxPageSize = reader.integer("MaxPageSize", default: settings.maxPageSize, in: 1...100_000)
        settings.maxTaskBatchSize = reader.integer("Jobs:MaxTaskBatchSize", default: 5, in: 1...100)
        settings.maxLockWatchTime = lockWatchTime
        settings.certificateFile = reader.text("IdentityServer:CertificateFile")
        settings.certificateKeyFile = reader.text("IdentityServer:CertificateKeyFile")
        settings.allowsPlainHTTP = reader.bool("IdentityServer:AllowPlainHttp", default: false)
        settings.sessionRetentionDays = reader.integer(
            "Retention:SessionDays", default: settings.sessionRetentionDays, in: 1...36500)
        settings.logRetentionDays = reader.integer(
            "Retention:LogDays", default: settings.logRetentionDays, in: 1...36500)
        settings.historyRetentionDays = reader.integer(
            "Retention:HistoryDays", default: settings.historyRetentionDays, in: 1...36500)
        if (settings.certificateFile == nil) != (settings.certificateKeyFile == nil) {
            reader.report("IdentityServer:CertificateFile and CertificateKeyFile belong together; give both or none")
        }
        return settings
    }

    private static func logLevel(_ reader: inout SettingsReader) -> Logger.Level {
        // One level, or a section with levels for parts of the reference system, whose default counts here.
        let key = reader.isSection("Serilog:MinimumLevel") ? "Serilog:MinimumLevel:Default" : "Serilog:MinimumLevel"
        let name = reader.text(key) ?? "Information"
        if let level = Logs.level(name) { return level }
        reader.report(
            "Serilog:MinimumLevel: \"\(name)\" is no level; write Verbose, Debug, Information, Warning or Error")
        return .info
    }

    private static func checkUri(_ text: String, _ reader: inout SettingsReader) {
        guard let url = URL(string: text), ["http", "https"].contains(url.scheme ?? ""), url.host() != nil else {
            reader.report("ApplicationUri: \"\(text)\" is no address; write for instance http://localhost:5000")
            return
        }
    }
}
