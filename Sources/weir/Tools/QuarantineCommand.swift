import API
import ArgumentParser
import Foundation

/// The rows that the last runs rejected (DESIGN §5).
struct QuarantineCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quarantine",
        abstract: "Lists the rows that the last runs rejected; exits with 4 when there are some.")

    @Option(name: .customLong("connector"), help: "Only this connector's.")
    var connector: String?

    @Flag(help: "The rejected rows with their text as a CSV file.")
    var csv = false

    @Flag(help: "Everything as one JSON document: counts, rejected rows, and what is kept because of them.")
    var json = false

    @OptionGroup var api: APIOptions
    @OptionGroup var settings: SettingsOptions

    func validate() throws {
        guard !csv || !json else { throw ValidationError("--csv and --json are two forms of one list; give one.") }
    }

    func run() async throws {
        let client = try ToolContext(settings).client(api)
        let quarantines = try await client.quarantines(connector: connector)
        let printer = QuarantinePrinter(client: client, quarantines: quarantines, connector: connector)
        if csv {
            try await printer.csv()
        } else if json {
            try await printer.json()
        } else {
            try await printer.text()
        }
        if quarantines.contains(where: { $0.rejected > 0 }) { throw ExitStatus.warnings }
    }
}
