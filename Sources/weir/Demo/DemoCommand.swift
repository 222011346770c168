import API
import Agent
import ArgumentParser
import Foundation
import Jobs
import Logging
import Server
import ServiceLifecycle
import Storage
import UnixSignals
import WeirConfiguration

/// Server, agent and database in one process, with a sample company: for looking, learning, testing.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "Starts everything in one process, with a sample company to play with.")

    @Option(help: "Where the company, its database and its folders live; a second start continues there.")
    var directory = "weir-demo"

    @Option(help: "The port on 127.0.0.1.")
    var port = 5000

    @Option(help: "The folder of another example company.")
    var example: String?

    func validate() throws {
        guard (0...65535).contains(port) else { throw ValidationError("--port takes a number from 1 to 65535.") }
    }

    func run() async throws {
        let folder = DemoFolder(path: directory)
        try folder.make(example: example, port: port)
        guard FileManager.default.changeCurrentDirectoryPath(directory) else {
            throw Failure(.failed, "The folder \(directory) cannot be entered; choose another --directory.")
        }
        let password = try DemoFolder(path: ".").password()
        let context = try ToolContext(SettingsOptions.parse([]))
        let database = try openDatabase(context.settings.connectionString)
        _ = try await Migrator.migrate(database)
        var logger = Logs.logger("demo", context.settings)
        logger.logLevel = .warning
        let application = try ServerApplication(settings: context.settings.server, database: database, logger: logger)
        let report = try await application.deployment.deploy(
            folder: "Conf", simulateOnly: false, forceCascadeDelete: false, by: "demo")
        guard report.errors.isEmpty else { throw Failure(.usage, report.errors.joined(separator: "\n")) }
        if try await !application.users.names().contains("admin") {
            try await application.users.add("admin", profile: "Administrator", password: password, by: "demo")
        }
        let welcome = Welcome(directory: directory, password: password)
        let environment = try RunEnvironment(
            context, client: context.client(APIOptions.parse([]), patience: .seconds(30)))
        let agent = DemoAgent(environment: environment, logger: logger, welcome: welcome)
        let services = try await application.services { address in agent.serverListens(at: address) }
        var group = ServiceGroupConfiguration(
            services: services.map { .init(service: $0) } + [.init(service: agent)],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        group.maximumGracefulShutdownDuration = .seconds(10)
        try await ServiceGroup(configuration: group).run()
    }
}
