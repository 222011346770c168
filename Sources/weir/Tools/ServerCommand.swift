import ArgumentParser
import Foundation
import Logging
import NIOCore
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
        let services = try application.services { address in Console.line("Weir server: \(address)") }
        var configuration = ServiceGroupConfiguration(
            services: services.map { .init(service: $0) }, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(10)
        do {
            try await ServiceGroup(configuration: configuration).run()
        } catch let error as IOError {
            throw Failure(.failed, Self.sentence(error, context.settings.applicationUri))
        }
    }

    private static func sentence(_ error: IOError, _ address: String) -> String {
        switch error.errnoCode {
        case EADDRINUSE:
            "The address \(address) is in use by another process; end it, or change ApplicationUri in appsettings.json."
        case EADDRNOTAVAIL:
            "The address \(address) is none of this machine's; correct ApplicationUri in appsettings.json."
        case EACCES:
            "This user may not listen on \(address); name a port above 1023 in ApplicationUri of appsettings.json."
        default:
            "The server cannot listen on \(address) (\(error)); check ApplicationUri in appsettings.json."
        }
    }
}
