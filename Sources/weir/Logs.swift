import API
import Foundation
import Logging

/// How processes log: text on a terminal, one JSON object a line otherwise (DESIGN §12).
enum Logs {
    static func logger(_ label: String, _ settings: Settings) -> Logger {
        var logger = Logger(label: label) { label in
            if Console.isTerminal { return StreamLogHandler.standardError(label: label) }
            return JSONLogHandler(label: label)
        }
        logger.logLevel = settings.logLevel
        return logger
    }

    /// The level of `Serilog:MinimumLevel` (Verbose, Debug, Information, Warning, Error, Fatal); nil: none of them.
    static func level(_ name: String) -> Logger.Level? {
        switch name.lowercased() {
        case "verbose", "trace": .trace
        case "debug": .debug
        case "information", "info": .info
        case "warning": .warning
        case "error": .error
        case "fatal", "critical": .critical
        default: nil
        }
    }
}

/// One JSON object a line on standard error: time, level, label, message and the metadata's keys.
struct JSONLogHandler: LogHandler {
    let label: String
    var logLevel: Logger.Level = .info
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var line: [String: String] = [:]
        for (key, value) in metadata { line[key] = "\(value)" }
        for (key, value) in event.metadata ?? [:] { line[key] = "\(value)" }
        line["time"] = Timestamp.text(Date())
        line["level"] = event.level.rawValue
        line["label"] = label
        line["message"] = "\(event.message)"
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(line) else { return }
        FileHandle.standardError.write(data + Data("\n".utf8))
    }
}
