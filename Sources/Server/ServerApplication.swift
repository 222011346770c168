import API
import Foundation
import Hummingbird
import HummingbirdTLS
import Logging
import NIOCore
import NIOSSL
import ServiceLifecycle
import Storage
import WeirSynchronization

/// The server: HTTP listener, engine and housekeeping, put together from settings and a migrated database.
package struct ServerApplication: Sendable {
    package let engine: SynchronizationEngine
    package let configuration: ConfigurationStore
    package let deployment: Deployment
    /// The local users, for `weir user add`.
    package var users: UserStore { features.users }
    let features: ServerFeatures
    let settings: ServerSettings
    let listenAddress: ListenAddress
    let logger: Logger
    private let makeIdentifier: @Sendable () -> String

    /// - Parameters:
    ///   - database: already migrated.
    ///   - clock: the time; tests stop it.
    ///   - makeIdentifier: makes GUIDs.
    ///   - faults: called at every step point of the engine; what it throws ends the step there.
    /// - Throws: ``ServerError`` `invalid-request` naming the setting that cannot be used.
    package init(
        settings: ServerSettings, database: any Database, logger: Logger,
        clock: @escaping @Sendable () -> Date = { Date() },
        makeIdentifier: @escaping @Sendable () -> String = { UUID().uuidString.lowercased() },
        faults: @escaping @Sendable (StepPoint) throws -> Void = { _ in }
    ) throws {
        self.settings = settings
        self.logger = logger
        self.makeIdentifier = makeIdentifier
        listenAddress = try ListenAddress(settings)
        engine = SynchronizationEngine(
            database: database, filesDirectory: settings.workFolderPath + "/Synchronization", clock: clock,
            makeIdentifier: makeIdentifier, faults: faults)
        configuration = ConfigurationStore(database: database)
        deployment = Deployment(database: database, engine: engine, clock: clock)
        features = try ServerFeatures(
            settings: settings, issuer: listenAddress.issuer, isSecure: listenAddress.tls != nil, database: database,
            engine: engine,
            configuration: configuration, deployment: deployment, clock: clock, makeIdentifier: makeIdentifier)
    }

    /// The services to run in a ServiceGroup: engine, housekeeping, listener. All end on graceful shutdown; the group
    /// should give them no more than 10 s. What an older version of Weir left in the database is this one's by then.
    ///
    /// - Parameter onListening: called once with the address that clients use, such as `http://127.0.0.1:5000`.
    package func services(
        onListening: @escaping @Sendable (String) async -> Void = { _ in }
    ) async throws -> [any Service] {
        try await deployment.adoptVersion(of: configuration)
        return [
            EngineService(engine: engine),
            housekeeping,
            serverJobs,
            ListenerService(listener: try listener(onListening: onListening), address: listenAddress),
        ]
    }

    var serverJobs: ServerJobs {
        ServerJobs(
            jobs: features.jobs, tasks: features.serverTasks, configuration: configuration, signal: features.signal,
            clock: features.jobs.clock, makeIdentifier: makeIdentifier, logger: logger)
    }

    var housekeeping: Housekeeping {
        Housekeeping(jobs: features.jobs, engine: engine, settings: settings, logger: logger)
    }

    /// The listener alone, for tests.
    func listener(
        onListening: @escaping @Sendable (String) async -> Void = { _ in }
    ) throws -> some ApplicationProtocol {
        let address = listenAddress
        return Application(
            router: features.router(),
            server: try address.tls.map { try .tls(.http1(), tlsConfiguration: $0) } ?? .http1(),
            configuration: ApplicationConfiguration(
                address: .hostname(address.host, port: address.port), serverName: nil),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? address.port
                await onListening("\(address.scheme)://\(address.host):\(port)")
            },
            logger: logger)
    }
}

/// Runs what the engine has been asked to apply.
struct EngineService: Service {
    let engine: SynchronizationEngine

    func run() async throws {
        try await cancelWhenGracefulShutdown { try await engine.run() }
    }
}
