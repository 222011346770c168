import API
import ArgumentParser

/// Discards a held or simulated run with a reason, which is recorded: the next run computes anew (DESIGN §8).
struct Reject: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reject",
        abstract: "Rejects the changes of a held or simulated run; the next run computes anew.",
        discussion: "Needs /Jobs/RunJob/Repair. Who rejected it, when and why is kept and shown.")

    @Option(help: "The id of the session or held set, as weir changes prints it.")
    var session: String?

    @Option(name: [.customShort("j"), .customLong("job")], help: "Instead: the session that weir changes --job shows.")
    var job: String?

    @Option(help: "Why it shall not be applied.")
    var reason: String

    @OptionGroup var api: APIOptions
    @OptionGroup var settings: SettingsOptions

    func validate() throws {
        guard (session == nil) != (job == nil) else { throw ValidationError("Give --session or --job.") }
        guard reason.contains(where: { !$0.isWhitespace }) else {
            throw ValidationError("--reason \(RejectSession.emptyReason)")
        }
    }

    func run() async throws {
        let client = try ToolContext(settings).client(api)
        let review = try await client.review(session: session, job: job)
        let rejected = try await client.reject(
            RejectSession(session: review.session.id, reason: reason, changeSet: review.heldSet?.changeSet))
        let set = review.heldSet.map { "\($0.operation)s of \($0.mapping), " } ?? ""
        print("Session \(rejected.id) of connector \(rejected.connector): \(set)rejected: \(reason)")
    }
}
