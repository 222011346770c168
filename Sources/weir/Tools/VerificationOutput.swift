import API
import Agent
import Foundation

/// A verification's report as `weir verify` prints it.
struct VerificationOutput: Encodable {
    struct Version: Encodable {
        var number: Int
        var session: String
    }

    /// Of one mapping: rows that a repair inserts, updates and deletes on the server, and links that it binds anew.
    struct Counted: Encodable {
        var inserted: Int
        var updated: Int
        var deleted: Int
        var rebound: Int
    }

    var connector: String
    /// `equal`, `drift`, `repaired`, `blocked`, or `held` where a part of it is applied.
    var outcome: String
    var reason: String?
    var resources: Int
    var links: Int
    var deep: Bool
    var repaired: Bool
    var mappings: [String: Counted]
    var bytesReceived: Int
    /// What was sent, or would be.
    var bytesSent: Int
    var version: Version?
    var verifiedAt: String?
    var session: String?

    init(_ report: VerificationReport) {
        connector = report.connector
        switch report.outcome {
        case .equal: outcome = "equal"
        case .drift: outcome = "drift"
        case .repaired: outcome = "repaired"
        case .blocked(let text):
            outcome = "blocked"
            reason = text
        case .held(let text):
            outcome = "held"
            reason = text
        }
        resources = report.resources
        links = report.links
        deep = report.isDeep
        repaired = report.outcome == .repaired
        mappings = report.comparison.mappings.mapValues {
            Counted(inserted: $0.inserted, updated: $0.updated, deleted: $0.deleted, rebound: $0.rebound)
        }
        bytesReceived = report.comparison.bytesReceived
        bytesSent = report.session == nil ? 0 : report.comparison.bytesToSend
        version = report.version.map { Version(number: $0.number, session: $0.session) }
        verifiedAt = report.verifiedAt?.formatted(.iso8601)
        session = report.session
    }

    /// One line, the same for the same report.
    var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else { return "{}" }
        return String(decoding: data, as: UTF8.self)
    }

    /// What precedes the last line: a line for each mapping that differs, and what was moved.
    var lines: [String] {
        var lines = mappings.sorted { $0.key < $1.key }.compactMap { mapping, counted -> String? in
            guard counted.inserted + counted.updated + counted.deleted + counted.rebound > 0 else { return nil }
            return """
                \(connector): \(mapping): \(counted.inserted) missing on the server, \(counted.updated) other, \
                \(counted.deleted) too many\(counted.rebound > 0 ? ", \(counted.rebound) bound wrongly" : "")
                """
        }
        if bytesReceived + bytesSent > 0 {
            lines.append("\(connector): \(bytesReceived) bytes received, \(bytesSent) bytes sent")
        }
        if let session { lines.append("\(connector): session \(session)") }
        return lines
    }
}
