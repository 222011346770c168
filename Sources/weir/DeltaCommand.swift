import ArgumentParser
import Delta
import Foundation

/// `weir delta`: what changed between two exports.
struct DeltaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delta",
        abstract: "Cleanses and sorts a CSV file and writes what changed since the last one.",
        discussion: """
            Writes <name>.sorted.csv, .sorted.delta, .nullpk.csv, .duplicates.csv and .rejected.csv into DIR, all UTF-8, \
            comma, LF, sorted by key. Give the .sorted.csv to the next run as --previous.
            Exits with 4 when rows were rejected, 2 when an option is wrong, 1 when the work failed.
            """)

    @Option(help: ArgumentHelp("The column, or two, that identify a row.", valueName: "column[,column]"))
    var key: String
    @Option(help: ArgumentHelp("The export, with a header line.", valueName: "file"))
    var input: String
    @Option(help: ArgumentHelp("The .sorted.csv of the last run, or none.", valueName: "file|none"))
    var previous: String
    @Option(help: ArgumentHelp("The folder to write into; made if missing.", valueName: "dir"))
    var output: String
    @Option(help: ArgumentHelp("The columns to keep (default: all).", valueName: "a,b,…"))
    var columns: String?
    @Option(help: ArgumentHelp("The column that says insert, update or delete.", valueName: "name"))
    var commandColumn: String?
    @Option(help: ArgumentHelp("The input's separator; `tab` for a tab.", valueName: "c"))
    var separator = ","
    @Option(help: ArgumentHelp("The input's encoding, a name of iconv.", valueName: "e"))
    var encoding = "UTF-8"
    @Option(help: ArgumentHelp("Memory for the whole process.", valueName: "size"))
    var memory = "256MB"
    @Flag(help: "Also compute row hashes and print the digest.")
    var digests = false
    @Flag(help: "Print the summary as JSON.")
    var json = false

    func run() throws {
        // Over a limit on file sizes, writing then fails with a reason instead of ending the process.
        signal(SIGXFSZ, SIG_IGN)
        let summary: DeltaSummary
        do {
            summary = try DeltaTool(
                key: key, input: input, previous: previous, output: output, columns: columns,
                commandColumn: commandColumn, separator: separator, encoding: encoding, memory: memory,
                digests: digests
            ).run()
        } catch {
            throw Failure(error.code == .requestInvalid ? .usage : .failed, "weir delta: \(error)")
        }
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            Console.line(String(decoding: try encoder.encode(summary), as: UTF8.self))
        } else {
            Console.line(summary.text)
        }
        if summary.hasRejectedRows { throw ExitStatus.warnings }
    }
}
