import ProcessSupport
import Testing

/// Whatever goes wrong outside Weir, with real processes: each ends with its exit code (DESIGN §12) and a message that
/// names thing, place and mend, with nothing lost and nothing half applied.
enum BadInputTests {
    /// Everything that a failed run must leave as it was.
    static func state(_ company: Company) throws -> String {
        try company.contents() + "\n" + company.waitingChanges() + "\n"
            + company.query("select Version from US_Connectors where Connector = 'HR'")
    }

    /// The words that a message lacks.
    static func missing(_ words: [String], in printed: String) -> [String] {
        words.filter { !printed.contains($0) }
    }
}
