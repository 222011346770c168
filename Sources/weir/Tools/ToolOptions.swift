import API
import Agent
import ArgumentParser
import Foundation

/// Where the server is and who calls it. Without these a tool reads the settings files (REFERENCE §15).
struct APIOptions: ParsableArguments {
    @Option(name: .customLong("api-url"), help: "The server's address; replaces ApplicationUri.")
    var url: String?

    @Option(name: .customLong("api-client-id"), help: "The OpenID client to call as.")
    var clientId: String?

    @Option(name: .customLong("api-secret"), help: "Its clear secret.")
    var secret: String?

    func validate() throws {
        guard (clientId == nil) == (secret == nil) else {
            throw ValidationError("--api-client-id and --api-secret belong together; give both or none.")
        }
    }

    /// Whether a server was named on the command line.
    var isGiven: Bool { url != nil || clientId != nil }
}

/// Where the settings files are.
struct SettingsOptions: ParsableArguments {
    @Option(
        name: .customLong("settings"),
        help: "The folder of appsettings.json and appsettings.agent.json. Default: the working directory.")
    var folder = "."
}

/// The settings, and the client that they and the command line make.
struct ToolContext {
    let settings: Settings

    init(_ options: SettingsOptions) throws {
        settings = try Settings(
            SettingsFiles.load(folder: options.folder, environment: ProcessInfo.processInfo.environment))
    }

    /// - Parameters:
    ///   - options: nil where a process takes none, and calls as its settings say.
    ///   - patience: how long to go on trying when the server does not answer.
    func client(_ options: APIOptions?, patience: Duration = .seconds(10)) throws -> APIClient {
        let server = options?.url ?? settings.applicationUri
        let credentials: Credentials
        if let clientId = options?.clientId, let secret = options?.secret {
            credentials = Credentials(clientId: clientId, secret: secret)
        } else {
            credentials = try settings.agent.credentials(of: nil)
        }
        return APIClient(
            server: server, transport: HTTPTransport(server: server), credentials: credentials, patience: patience)
    }
}
