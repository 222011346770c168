import API
import Agent
import ArgumentParser
import WeirConfiguration

/// `Usercube-Prepare-Synchronization`: from the exported files to a session that a job applies (REFERENCE §11, §15).
struct PrepareSynchronization: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prepare-synchronization",
        abstract: "Cleanses a connector's exported files, computes what changed, and sends it.",
        discussion: """
            Nothing is applied: the server keeps what was sent until a job's SynchronizeTask applies it, for instance \
            weir invoke-job -j JOB -c SynchronizeTask.

            Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 4 done with rejected rows, 5 cancelled, \
            6 refused, 7 server unreachable.
            """)

    @Option(help: "The agent's identifier. Default: that of appsettings.agent.json, and no other is accepted.")
    var agent: String?

    @Option(help: "The connector's identifier.")
    var connector: String

    @Option(help: "What is compared with what.")
    var synchronizationMode = SynchronizationMode.incremental

    @Option(help: "Where the exported files are. Default: ExportOutput of TempFolderPath.")
    var sourcesDirectory: String?

    @Option(help: "Where images and prepared files are. Default: Collect of WorkFolderPath.")
    var workingDirectory: String?

    @OptionGroup var api: APIOptions
    @OptionGroup var settings: SettingsOptions

    func run() async throws {
        let context = try ToolContext(settings)
        let own = context.settings.agent.agentIdentifier
        if let agent, agent != own {
            throw Failure(
                .usage,
                """
                --agent is "\(agent)", and this one is "\(own)" (OpenId:AgentIdentifier in appsettings.agent.json). \
                Run it there, or correct the setting.
                """)
        }
        let environment = try RunEnvironment(
            context, client: context.client(api, patience: .seconds(30)), hasGivenClient: api.clientId != nil,
            exportOutput: sourcesDirectory, collectFolder: workingDirectory)
        let printer = RunPrinter()
        let cancel = CancelSwitch()
        let preparation = ConnectorPreparation(environment: environment, observe: { printer.show($0) })
        let outcome = try await Interrupts.watching({ cancel.request() }) {
            try await preparation.prepare(connector, mode: synchronizationMode, cancel: cancel)
        }
        for line in outcome.log { Console.line(line) }
        Console.line(
            outcome.hasChanges
                ? "Session \(outcome.session ?? "") waits to be applied by a job's SynchronizeTask."
                : "Nothing differs from what the server holds.")
        if let remark = outcome.remark {
            Console.error(remark)
            throw ExitStatus.warnings
        }
    }
}

extension SynchronizationMode: ExpressibleByArgument {
    /// `Initial`, `complete`: the case does not matter.
    package init?(argument: String) {
        guard let mode = Self.allCases.first(where: { "\($0)" == argument.lowercased() }) else { return nil }
        self = mode
    }

    package static var allValueStrings: [String] { allCases.map { "\($0)" } }
}
