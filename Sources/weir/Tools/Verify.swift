import API
import Agent
import ArgumentParser
import Foundation

/// Compares what the server holds with the agent's images, and repairs what differs (DESIGN §6).
struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Compares what the server holds of a connector with this agent's image, and repairs what differs.",
        discussion: """
            Compares the digests that both sides keep; --deep has both compute them anew, which also finds what plain SQL \
            changed. The last line of a connector is "<Connector>: N resources and M links differed[, repaired]".

            Exit codes: 0 equal or repaired, 1 drift found or failed, 2 wrong usage or configuration, 3 the repair is held \
            by a safeguard, 5 cancelled, 6 refused, 7 server unreachable.
            """)

    @Option(name: .long, help: "The connector's identifier. Default: every connector of this agent.")
    var connector: String?

    @Flag(name: .long, help: "Both sides compute their digests anew from what they hold.")
    var deep = false

    @Flag(name: .long, help: "Sends what differs, through the same safeguards as every run.")
    var repair = false

    @Option(
        name: .long,
        help:
            "With --repair: approves the held repair whose change set has this hash (see weir changes), and applies it."
    )
    var approve: String?

    @Flag(name: .long, help: "Prints an object per connector, a line each.")
    var json = false

    @OptionGroup var api: APIOptions
    @OptionGroup var settings: SettingsOptions

    func validate() throws {
        if approve != nil, !repair || connector == nil {
            throw ValidationError("--approve goes with --repair and --connector: it approves one connector's repair.")
        }
    }

    func run() async throws {
        let context = try ToolContext(settings)
        let client = try context.client(api, patience: .seconds(30))
        let environment = try RunEnvironment(context, client: client, hasGivenClient: api.clientId != nil)
        let printer = RunPrinter()
        let cancel = CancelSwitch()
        let verifier = Verifier(environment: environment) { event in
            // Standard output is the result alone.
            if case .waiting(let text) = event { Console.error("Waiting: \(text)") }
            if case .progress = event, Console.isTerminal { printer.show(event) }
        }
        try await Interrupts.watching({ cancel.request() }) {
            if let approve, let connector { try await self.approve(approve, of: connector, client) }
            try await verify(verifier, cancel)
        }
    }

    private func verify(_ verifier: Verifier, _ cancel: CancelSwitch) async throws {
        var names = connector.map { [$0] } ?? []
        if connector == nil {
            let found = try await verifier.connectors()
            names = found.verifiable
            for name in found.unsynchronized {
                Console.error("\(name) was never synchronized, so there is nothing to verify.")
            }
        }
        var worst = ExitStatus.completed
        for name in names {
            let status: ExitStatus
            do {
                let report = try await verifier.verify(name, isDeep: deep, repairs: repair, cancel: cancel)
                show(report)
                status = report.exitStatus
            } catch {
                guard connector == nil, !cancel.isRequested, let failure = Failure(error), failure.status == .failed
                else { throw error }
                // The others are verified all the same.
                Console.error(failure.message)
                status = .failed
            }
            if worst != .failed, status != .completed { worst = status }
        }
        guard worst == .completed else { throw worst }
    }

    private func show(_ report: VerificationReport) {
        for notice in report.notices { Console.error(notice) }
        switch report.outcome {
        case .blocked(let reason), .held(let reason): Console.error(reason)
        case .equal, .drift, .repaired: break
        }
        if json {
            Console.line(VerificationOutput(report).text)
        } else {
            for line in VerificationOutput(report).lines { Console.line(line) }
            Console.line(report.sentence)
        }
    }

    private func approve(_ changeSet: String, of connector: String, _ client: APIClient) async throws {
        guard let blocked = try await client.connectorState(connector).blockedSession else {
            throw Failure(.failed, "Connector \"\(connector)\" has no session that waits for a decision.")
        }
        guard blocked.isVerification else {
            throw Failure(.usage, await refusal(of: blocked, changeSet, client))
        }
        _ = try await client.approve(ApproveSession(session: blocked.id, changeSet: changeSet))
    }

    /// What waits is a job's run: its approval has that job go on.
    private func refusal(of blocked: Session, _ changeSet: String, _ client: APIClient) async -> String {
        var job: String?
        if let instance = blocked.jobInstance { job = try? await client.jobInstance(instance).job }
        return """
            Session \(blocked.id) of connector "\(blocked.connector)" is no repair, but a run of the job \
            "\(job ?? "JOB")". Look at it with weir changes --session \(blocked.id), and approve it with \
            weir invoke-job -j \(job ?? "JOB") -r \(changeSet).
            """
    }
}

extension VerificationReport {
    fileprivate var exitStatus: ExitStatus {
        switch outcome {
        case .equal, .repaired: .completed
        case .drift: .failed
        case .blocked, .held: .blocked
        }
    }
}
