import ArgumentParser
import Foundation
import Logging
import Server
import ServiceLifecycle
import Storage
import UnixSignals

/// Owns the database, the API and the pages.
struct ServerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "server", abstract: "Serves the API and the pages, and synchronizes what agents send.")

    @OptionGroup var settings: SettingsOptions
    @OptionGroup var storage: DatabaseOptions

    func run() async throws {
        let context = try ToolContext(settings)
        let database = try await storage.migratedDatabase(context)
        let logger = Logs.logger("server", context.settings)
        let application = try ServerApplication(
            settings: context.settings.server, database: database, logger: logger)
        let services = try await application.services { address in Console.line("Weir server: \(address)") }
        var configuration = ServiceGroupConfiguration(
            services: services.map { .init(service: $0) }, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(10)
        try await ServiceGroup(configuration: configuration).run()
    }
}
