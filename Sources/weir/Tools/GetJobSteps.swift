import API
import ArgumentParser
import WeirConfiguration

/// `Usercube-Get-JobSteps`: the tasks of a job and their order numbers, which `invoke-job -b -e -t` take.
struct GetJobSteps: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get-job-steps", abstract: "Lists the tasks of a job in launch order.")

    @Option(name: [.customShort("j"), .customLong("job-identifier")], help: "The job's identifier.")
    var job: String

    @OptionGroup var api: APIOptions
    @OptionGroup var settings: SettingsOptions

    func run() async throws {
        let definition = try await ToolContext(settings).client(api).jobDefinition(job)
        for (order, task) in definition.job.tasks.enumerated() {
            print("Task : \(task.identifier), Order : \(order)")
        }
    }
}
