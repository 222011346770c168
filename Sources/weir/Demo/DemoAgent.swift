import API
import Agent
import Jobs
import Logging
import ServiceLifecycle

/// The demo's agent: loads the company at the first start, says that everything is ready, then takes jobs.
struct DemoAgent: Service {
    let environment: RunEnvironment
    let logger: Logger
    let welcome: Welcome
    private let addresses: AsyncStream<String>
    private let found: AsyncStream<String>.Continuation

    init(environment: RunEnvironment, logger: Logger, welcome: Welcome) {
        self.environment = environment
        self.logger = logger
        self.welcome = welcome
        (addresses, found) = AsyncStream.makeStream(of: String.self, bufferingPolicy: .bufferingNewest(1))
    }

    func serverListens(at address: String) {
        found.yield(address)
    }

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            for await address in addresses {
                try await load()
                for line in welcome.lines(address: address) { Console.line(line) }
                break
            }
            let service = AgentService(environment: environment, isSchedulerEnabled: true, logger: logger)
            do {
                try await service.run()
            } catch is CancellationError {
                return
            }
        }
    }

    /// The first load is the Initialization job (DESIGN §1); a company that has resources is left as it is.
    private func load() async throws {
        let state = try await environment.client.connectorState("HR")
        guard state.version == nil else { return }
        let runner = JobRunner(environment: environment) { [logger] event in logger.debug("\(event)") }
        let result = try await runner.run(RunRequest(job: "InitializationJob"), cancel: CancelSwitch())
        guard result.outcome.exitCode == 0 else {
            throw Failure(.failed, "The first load ended as \(result.outcome.rawValue): \(result.message ?? "")")
        }
    }
}
