import ArgumentParser
import Foundation

/// The one executable. Invoked through a link named after a reference tool it behaves as that tool (REFERENCE §15).
@main
struct Weir: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "weir",
        abstract: "Keeps an identity repository in step with the systems it governs.",
        version: Version.number,
        subcommands: [
            ServerCommand.self, AgentCommand.self, DeployConfiguration.self, ExportConfiguration.self, InvokeJob.self,
            GetJobSteps.self, Changes.self, Reject.self, Export.self, PrepareSynchronization.self, Verify.self,
            QuarantineCommand.self, NewOpenIDSecret.self, Migrate.self, Schema.self, DeltaCommand.self,
            DemoCommand.self, UserCommand.self,
        ])

    static func main() async {
        let arguments = ReferenceTool.arguments(CommandLine.arguments)
        do {
            var command = try parseAsRoot(arguments)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let status as ExitStatus {
            Foundation.exit(status.code)
        } catch {
            end(with: error)
        }
    }

    /// Wrong usage is 2 here, not the argument parser's 64; help is 0.
    private static func end(with error: any Error) -> Never {
        if let failure = Failure(error) {
            Console.error(failure.message)
            Foundation.exit(failure.status.code)
        }
        let code = exitCode(for: error)
        let message = fullMessage(for: error)
        if code.isSuccess {
            print(message)
            Foundation.exit(0)
        }
        Console.error(message)
        Foundation.exit(code == .validationFailure ? ExitStatus.usage.code : ExitStatus.failed.code)
    }
}
