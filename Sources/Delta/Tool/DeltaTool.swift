import Glibc

/// What `weir delta` does: compares two exports of any system by hand, with the same engine as a job (DESIGN §5).
///
/// All columns are text, whatever is in them; an input without rows is valid; rejected rows never stop the run.
package struct DeltaTool: Sendable {
    /// One column, or two that are the key together.
    package var keys: [String]
    package var input: String
    /// A file that this tool wrote (`….sorted.csv`); nil: none.
    package var previous: String?
    /// Created where it is missing.
    package var outputDirectory: String
    /// nil: all columns that have a name, in the file's order. Key columns that are not named come first.
    package var columns: [String]?
    package var commandColumn: String?
    package var format: CSVFormat
    /// Bytes for the whole process.
    package var memory: Int
    package var digests: Bool

    package init(
        keys: [String], input: String, previous: String?, outputDirectory: String, columns: [String]? = nil,
        commandColumn: String? = nil, format: CSVFormat = .canonical, memory: Int = 256 << 20, digests: Bool = false
    ) {
        self.keys = keys
        self.input = input
        self.previous = previous
        self.outputDirectory = outputDirectory
        self.columns = columns
        self.commandColumn = commandColumn
        self.format = format
        self.memory = memory
        self.digests = digests
    }

    /// From the texts of a command line. Throws `requestInvalid` for what is no valid option.
    package init(
        key: String, input: String, previous: String, output: String, columns: String? = nil,
        commandColumn: String? = nil, separator: String = ",", encoding: String = "UTF-8", memory: String = "256MB",
        digests: Bool = false
    ) throws(DeltaError) {
        let keys = OptionText.list(key)
        guard keys.count == 1 || keys.count == 2, !keys.contains("") else {
            throw DeltaError(.requestInvalid, path: "--key", "takes one column, or two separated by a comma")
        }
        guard let byte = OptionText.separator(separator) else {
            throw DeltaError(
                .requestInvalid, path: "--separator", "takes one ASCII character other than a quote, or `tab`")
        }
        guard let memory = OptionText.byteCount(memory), memory >= 1 << 20 else {
            throw DeltaError(.requestInvalid, path: "--memory", "takes a size of at least 1MB, such as 256MB or 1GB")
        }
        self.init(
            keys: keys, input: input, previous: previous == "none" ? nil : previous, outputDirectory: output,
            columns: columns.map(OptionText.list), commandColumn: commandColumn,
            format: CSVFormat(separator: byte, encoding: encoding), memory: memory, digests: digests)
    }

    /// The input's name without folder and extension: `a.csv` gives `a`.
    package var name: String {
        let file = input.split(separator: "/").last.map(String.init) ?? input
        guard let dot = file.lastIndex(of: "."), dot != file.startIndex else { return file }
        return String(file[..<dot])
    }

    /// The preparation that the options ask for; reads the input's header.
    package func preparation() throws(DeltaError) -> Preparation {
        let header = try CSVReader(path: input, format: format).columns
        let command = commandColumn?.lowercased()
        if let commandColumn, !header.contains(where: { $0.lowercased() == command }) {
            throw DeltaError(
                .columnMissing, path: input,
                "the header has no command column \"\(commandColumn)\"; leave --command-column out for a full file")
        }
        var names = columns ?? header.filter { !$0.isEmpty && $0.lowercased() != command }
        names.insert(contentsOf: keys.filter { !names.contains($0) }, at: 0)
        return Preparation(
            name: name, input: input, format: format, columns: names.map { Column(name: $0, source: $0) },
            keys: keys.compactMap { names.firstIndex(of: $0) }, previous: previous, commandColumn: commandColumn,
            outputDirectory: outputDirectory, memoryBudget: memory / 8 * 5, digests: digests,
            maximumRejectedPercentage: 0, allowsEmpty: true, isDurable: false)
    }

    /// Makes the output folder and does the work.
    package func run(isCancelled: (@Sendable () -> Bool)? = nil) throws(DeltaError) -> DeltaSummary {
        var preparation = try preparation()
        preparation.isCancelled = isCancelled
        try makeFolder()
        let result = try prepare(preparation)
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return DeltaSummary(result, peakMemory: usage.ru_maxrss * 1024)
    }

    private func makeFolder() throws(DeltaError) {
        var path = outputDirectory.hasPrefix("/") ? "/" : ""
        for part in outputDirectory.split(separator: "/") {
            path += (path.isEmpty || path.hasSuffix("/") ? "" : "/") + part
            guard mkdir(path, 0o700) == 0 || errno == EEXIST || errno == EISDIR else {
                throw OutputFile.failure(path: path, doing: "create the folder")
            }
        }
    }
}
