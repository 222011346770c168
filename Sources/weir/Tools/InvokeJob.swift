import API
import Agent
import ArgumentParser
import CSVConnector
import Foundation
import Jobs

/// `Usercube-Invoke-Job`: runs a job in this process, as agent, and exits with its outcome (REFERENCE §15).
struct InvokeJob: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invoke-job",
        abstract: "Runs a job here, as agent, shows its progress and exits with its outcome.",
        discussion: """
            With --simulate it stops before the apply and changes nothing; weir changes shows what it would change, and \
            -r with that hash applies exactly this later.

            Exit codes: 0 completed, 1 failed, 2 wrong usage or configuration, 3 blocked by a safeguard (of a simulation: \
            a safeguard would hold it), 4 completed with warnings, 5 cancelled, 6 refused, 7 server unreachable.
            """)

    @Option(name: [.customShort("j"), .customLong("job-identifier")], help: "The job's identifier.")
    var job: String

    @Option(
        name: [.customShort("r"), .customLong("repair-job")], defaultAsFlag: InvokeJob.shown, parsing: .next,
        help: ArgumentHelp(
            "Resumes a blocked or simulated job: approves the change set with this hash, and goes on.",
            discussion: "Alone: the only one that waits; where several do, it lists them.", valueName: "hash"))
    var repair: String?

    /// What stands for no hash.
    private static let shown = "shown"

    @Flag(help: "Stops before the apply: shows what would change, and changes nothing.")
    var simulate = false

    @Option(
        name: [.customShort("b"), .customLong("begin-job-step")], help: "The first task, by identifier or order number."
    )
    var begin: String?

    @Option(
        name: [.customShort("e"), .customLong("end-job-step")], help: "The last task, by identifier or order number.")
    var end: String?

    @Option(name: [.customShort("t"), .customLong("task-identifier")], help: "This task alone.")
    var task: String?

    @Option(
        name: [.customShort("f"), .customLong("force-synchronization-provisioning")],
        help: "1: approves in advance what the thresholds would hold; it is recorded with its caller.")
    var force: Int = 0

    @Option(name: [.customShort("c"), .customLong("task-type")], help: "Tasks of this type, for instance ExportTask.")
    var taskType: String?

    @Option(
        name: [.customShort("s"), .customLong("task-string-contains")], help: "Tasks whose identifier contains this.")
    var contains: String?

    @OptionGroup var api: APIOptions
    @OptionGroup var settings: SettingsOptions

    func validate() throws {
        let isSelected = begin ?? end ?? task ?? taskType ?? contains != nil
        if repair != nil, isSelected {
            throw ValidationError("-r resumes the job where it was blocked; leave -b, -e, -t, -c and -s away.")
        }
        if let repair, repair != Self.shown, repair.count != 64 || !repair.allSatisfy(\.isHexDigit) {
            throw ValidationError("-r takes a change set's hash, 64 hex digits as weir changes prints it, or nothing.")
        }
        if simulate, isSelected || repair != nil || force != 0 {
            throw ValidationError(
                "--simulate runs the whole job up to its apply; leave -r, -f, -b, -e, -t, -c and -s away.")
        }
    }

    func run() async throws {
        let context = try ToolContext(settings)
        let environment = try RunEnvironment(
            context, client: context.client(api, patience: .seconds(30)), hasGivenClient: api.clientId != nil)
        let printer = RunPrinter()
        let cancel = CancelSwitch()
        let request = RunRequest(
            job: job,
            selection: StepSelection(
                task: task, begin: begin, end: end, taskType: taskType, identifierContains: contains),
            isForced: force != 0, isSimulation: simulate,
            resume: repair.map { $0 == Self.shown ? .approvingShown : .approving(changeSet: $0) })
        let result = try await Interrupts.watching({ cancel.request() }) {
            try await JobRunner(environment: environment, observe: { printer.show($0) }).run(request, cancel: cancel)
        }
        printer.end(result, job: job)
        if result.isRefused { throw ExitStatus.refused }
        guard result.outcome.exitCode == 0 else {
            throw ExitStatus(rawValue: result.outcome.exitCode) ?? ExitStatus.failed
        }
    }
}

extension RunEnvironment {
    /// The composition root of every process that runs jobs: one line a connector.
    ///
    /// - Parameters: `exportOutput`, `collectFolder`: nil: where the settings say.
    init(
        _ context: ToolContext, client: APIClient, hasGivenClient: Bool = false, exportOutput: String? = nil,
        collectFolder: String? = nil
    ) throws {
        let settings = context.settings.agent
        try self.init(
            settings: settings,
            workspace: Workspace(
                tempFolder: settings.tempFolder, workFolder: settings.workFolder, exportOutput: exportOutput,
                collectFolder: collectFolder, makeIdentifier: { UUID().uuidString.lowercased() }),
            client: client,
            exporters: [
                CSVExporter()
            ],
            hasGivenClient: hasGivenClient, lockPatience: context.settings.maximumLockWatchTime)
    }
}
