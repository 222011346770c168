import API
import HTTPTypes
import Hummingbird
import NIOCore
import WeirSynchronization

/// All changes of a session as a CSV file (RFC 4180): one line a changed value, streamed page by page.
struct ChangesCSV: Sendable {
    let engine: SynchronizationEngine
    let session: String

    private static let pageSize = 500

    var response: Response {
        var headers = Response.pageHeaders
        headers[.contentType] = "text/csv; charset=utf-8"
        headers[.contentDisposition] = "attachment; filename=\"changes-\(session.filter(\.isSafeInFileName)).csv\""
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody { writer in
                try await writer.write(ByteBuffer(string: "operation,mapping,key,property,before,after\n"))
                var token: String?
                repeat {
                    let page = try await engine.resourceChanges(
                        session: session, mapping: nil, operation: nil, pageSize: Self.pageSize,
                        continuationToken: token)
                    try await writer.write(ByteBuffer(string: page.items.map(Self.lines).joined()))
                    token = page.continuationToken
                } while token != nil
                repeat {
                    let page = try await engine.linkChanges(
                        session: session, mapping: nil, operation: nil, pageSize: Self.pageSize,
                        continuationToken: token)
                    let lines = page.items.map {
                        Self.line([$0.operation, $0.mapping, $0.key1, "", "", $0.key2])
                    }
                    try await writer.write(ByteBuffer(string: lines.joined()))
                    token = page.continuationToken
                } while token != nil
                try await writer.finish(nil)
            })
    }

    private static func lines(_ change: ResourceChange) -> String {
        let properties = Set(change.before.keys).union(change.after.keys).sorted()
        guard !properties.isEmpty else { return line([change.operation, change.mapping, change.key, "", "", ""]) }
        return properties.map {
            line([
                change.operation, change.mapping, change.key, $0, change.before[$0] ?? "", change.after[$0] ?? "",
            ])
        }.joined()
    }

    private static func line(_ fields: [String]) -> String { fields.map(quoted).joined(separator: ",") + "\n" }

    /// A value that a spreadsheet would take for a formula gets a quote before it.
    private static func quoted(_ field: String) -> String {
        var text = field
        if let first = text.unicodeScalars.first, "=+-@\t\r".unicodeScalars.contains(first) { text = "'" + text }
        guard text.unicodeScalars.contains(where: { "\",\n\r".unicodeScalars.contains($0) }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}

extension Character {
    fileprivate var isSafeInFileName: Bool { isASCII && (isLetter || isNumber || self == "-") }
}
