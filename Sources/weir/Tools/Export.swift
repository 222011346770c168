import API
import Agent
import ArgumentParser
import ConnectorKit

/// `Usercube-Export-<package>`: reads one connection into `Temp/ExportOutput` (REFERENCE §10, §15).
struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Exports a connection's tables as CSV files into ExportOutput.",
        discussion: """
            A change feed gives what changed since the version that the server has; its cookies do not advance, that is \
            a job's business.
            """)

    @Option(help: "The connection's identifier.")
    var connection: String

    @Flag(help: "Everything, whatever has been exported before.")
    var ignoreCookies = false

    @OptionGroup var api: APIOptions
    @OptionGroup var settings: SettingsOptions

    func run() async throws {
        let context = try ToolContext(settings)
        let environment = try RunEnvironment(
            context, client: context.client(api), hasGivenClient: api.clientId != nil)
        let exported = try await ConnectionExport(environment: environment).perform(
            connection: connection, ignoresCookies: ignoreCookies, progress: { _ in })
        for (table, path) in exported {
            let rows = table.rowCount.map { "\($0) rows, " } ?? ""
            print(
                "\(table.name): \(rows)\(table.byteCount) bytes\(table.isChangeFeed ? ", changes only" : ""): \(path)")
        }
    }
}
