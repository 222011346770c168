import API
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import WeirSynchronization

/// Rejected rows or carried keys as a CSV file (RFC 4180), streamed page by page.
///
/// A value that a spreadsheet would take for a formula has an apostrophe before it, which the JSON answers do not have.
/// Where a run replaces the lists meanwhile, the answer is cut instead of being a mixture.
struct QuarantineCSV: Sendable {
    let engine: SynchronizationEngine
    let connector: String?
    let mapping: String?
    let reason: String?

    /// A page's rows have 1 MiB of text each at most.
    private static let rejectedPageSize = 20
    private static let carriedPageSize = 500
    /// More than any row's text has.
    private static let wholeRaw = 1 << 24

    var rejected: Response {
        response(
            name: "rejected",
            header: ["connector", "mapping", "file", "line", "offset", "reason", "key", "first seen", "raw"]
        ) { token in
            let page = try await engine.rejectedRows(
                connector: connector, mapping: mapping, reason: reason, rawLimit: Self.wholeRaw,
                pageSize: Self.rejectedPageSize, continuationToken: token)
            let lines = page.items.map { row in
                Self.line([
                    row.connector, row.mapping, row.file, "\(row.line)", "\(row.offset)", row.reason, row.key ?? "",
                    Moment(row.firstSeenAt).iso, row.raw,
                ])
            }
            return (lines.joined(), page.continuationToken)
        }
    }

    var carried: Response {
        response(name: "carried", header: ["connector", "mapping", "key", "second key", "reason", "since"]) { token in
            let page = try await engine.carriedRows(
                connector: connector, mapping: mapping, pageSize: Self.carriedPageSize, continuationToken: token)
            let lines = page.items.map { row in
                Self.line([
                    row.connector, row.mapping, row.key, row.key2 ?? "", row.reason, Moment(row.since).iso,
                ])
            }
            return (lines.joined(), page.continuationToken)
        }
    }

    private func response(
        name: String, header: [String],
        page: @escaping @Sendable (String?) async throws -> (text: String, token: String?)
    ) -> Response {
        let of = [connector, mapping].compactMap { $0?.filter(\.isSafeInFileName) }.filter { !$0.isEmpty }
        var headers = Response.pageHeaders
        headers[.contentType] = "text/csv; charset=utf-8"
        headers[.contentDisposition] =
            "attachment; filename=\"\(([name] + of).joined(separator: "-")).csv\""
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody { writer in
                let sessions = try await sessions()
                try await writer.write(ByteBuffer(string: Self.line(header)))
                var token: String?
                repeat {
                    let next = try await page(token)
                    try await writer.write(ByteBuffer(string: next.text))
                    token = next.token
                } while token != nil
                guard try await self.sessions() == sessions else {
                    throw ServerError(.sessionState, "A run has replaced the list meanwhile; ask for it again.")
                }
                try await writer.finish(nil)
            })
    }

    private func sessions() async throws -> [String] {
        try await engine.quarantines(connector: connector).map(\.session)
    }

    private static func line(_ fields: [String]) -> String { fields.map(quoted).joined(separator: ",") + "\n" }

    private static func quoted(_ field: String) -> String {
        var text = field
        if let first = text.unicodeScalars.first, "=+-@\t\r".unicodeScalars.contains(first) { text = "'" + text }
        guard text.utf8.contains(where: { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}

extension Character {
    fileprivate var isSafeInFileName: Bool { isASCII && (isLetter || isNumber || self == "-" || self == "_") }
}
