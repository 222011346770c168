import API
import ArgumentParser
import Foundation

/// Shows what a session would change, or changed: why it is held, its counters by cause, and each change (DESIGN §8).
struct Changes: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "changes",
        abstract: "Shows the changes of a held, simulated or applied run, with their causes, before and after.",
        discussion: """
            Without --session: with --job what invoke-job -r of that job would approve (where several wait, the oldest, \
            and how to look at the others), else its newest session; with \
            --connector that connector's that waits for a decision, else its newest; without either that of all connectors.

            --csv prints one line a changed value, kind,operation,cause,mapping,key,property,before,after; a link has its \
            second key as before where it goes and as after where it comes. --json prints everything.
            """)

    @Option(help: "The id of a session or held set.")
    var session: String?

    @Option(name: [.customShort("j"), .customLong("job")], help: "The job's identifier.")
    var job: String?

    @Option(help: "The connector's identifier.")
    var connector: String?

    @Flag(help: "All changes as CSV.")
    var csv = false

    @Flag(help: "The session, its counters and decisions, and all changes as JSON.")
    var json = false

    @Option(help: "Only this mapping: an entity type or association.")
    var mapping: String?

    @Option(help: "Only insert, update or delete.")
    var operation: String?

    @Option(help: "Only this cause: new, left, keyChanged, emptied, changed or moved.")
    var cause: String?

    @Option(help: "Only where a key contains this.")
    var key: String?

    @Option(help: "How many changes the text shows; beyond it, some of each kind.")
    var limit = 100

    @OptionGroup var api: APIOptions
    @OptionGroup var settings: SettingsOptions

    func validate() throws {
        if [session, job, connector].compactMap({ $0 }).count > 1 {
            throw ValidationError("Give one of --session, --job and --connector.")
        }
        if csv, json { throw ValidationError("Give --csv or --json, not both.") }
        if limit < 1 { throw ValidationError("--limit \(limit): give a number from 1.") }
        if let operation, !["insert", "update", "delete"].contains(operation) {
            throw ValidationError("--operation \(operation): give insert, update or delete.")
        }
        if let cause, ChangeCause(rawValue: cause) == nil {
            let known = ChangeCause.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--cause \(cause): give one of \(known).")
        }
    }

    func run() async throws {
        let client = try ToolContext(settings).client(api)
        let review = try await client.review(session: session, job: job, connector: connector)
        let filter = ChangeFilter(
            mapping: mapping, operation: operation, cause: cause.flatMap(ChangeCause.init), key: key)
        let list = ChangeList(client: client, session: review.id, filter: filter)
        if csv {
            Console.text(ChangeCSV.header)
            let format = ChangeCSV()
            try await list.forEachPage(
                resources: { Console.text($0.map(format.lines).joined()) },
                links: { Console.text($0.map(format.line).joined()) })
        } else if json {
            try await printJSON(review, list)
        } else {
            try await ChangesText(review: review, list: list, limit: limit).print()
        }
    }

    /// One object, written as it comes: the changes are never in memory as a whole.
    private func printJSON(_ review: ChangeReview, _ list: ChangeList) async throws {
        let encoder = JSONCoding.encoder()
        func text(_ value: some Encodable) throws -> String {
            String(decoding: try encoder.encode(value), as: UTF8.self)
        }
        Console.text("{\"review\":\(try text(review)),\n\"resourceChanges\":[")
        let writer = JSONLines()
        try await list.forEachPage(
            resources: { for change in $0 { writer.add(try text(change)) } }, links: { _ in })
        Console.text("],\n\"linkChanges\":[")
        writer.start()
        try await list.forEachPage(
            resources: nil, links: { for change in $0 { writer.add(try text(change)) } })
        Console.text("]}\n")
    }
}

/// The elements of a JSON array, one a line.
private final class JSONLines {
    private var isFirst = true

    func start() { isFirst = true }

    func add(_ element: String) {
        Console.text((isFirst ? "\n" : ",\n") + element)
        isFirst = false
    }
}
