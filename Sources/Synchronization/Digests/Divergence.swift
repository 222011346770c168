/// Server and agent do not hold the same: nothing of the session stays.
struct Divergence: Error, Equatable {
    var connector: String
    /// Sorted.
    var mappings: [String]

    var detail: String {
        let names = mappings.map { "\"\($0)\"" }.joined(separator: ", ")
        return
            "The content of connector \"\(connector)\" on the server differs from the agent's in \(names); nothing was "
            + "changed. The next run repairs it."
    }
}
