import Agent
import ArgumentParser
import Logging

/// Runs scheduled jobs and those that pages launch, beside the managed systems.
struct AgentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agent", abstract: "Runs scheduled and launched jobs beside the managed systems.")

    @OptionGroup var settings: SettingsOptions

    func run() async throws {
        let context = try ToolContext(settings)
        let environment = try RunEnvironment(context, client: context.client(nil, patience: .seconds(30)))
        let service = AgentService(
            environment: environment, isSchedulerEnabled: context.settings.isSchedulerEnabled,
            logger: Logs.logger("agent", context.settings))
        try await Interrupts.cancelling { try await service.run() }
    }
}
