import API
import HTTPTypes
import Hummingbird
import NIOCore
import WeirSynchronization

/// Changes of a session as a CSV file, streamed page by page: it is never in memory as a whole.
struct ChangesCSV: Sendable {
    let engine: SynchronizationEngine
    let session: String
    var filter = ChangeFilter()
    var hasResources = true
    var hasLinks = true
    var format = ChangeCSV()

    private static let pageSize = 500

    var response: Response {
        var headers = Response.pageHeaders
        headers[.contentType] = "text/csv; charset=utf-8"
        headers[.contentDisposition] = "attachment; filename=\"changes-\(session.filter(\.isSafeInFileName)).csv\""
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody { writer in
                try await writer.write(ByteBuffer(string: ChangeCSV.header))
                var token: String?
                repeat {
                    guard hasResources else { break }
                    let page = try await engine.resourceChanges(
                        session: session, filter, pageSize: Self.pageSize, continuationToken: token)
                    try await writer.write(ByteBuffer(string: page.items.map(format.lines).joined()))
                    token = page.continuationToken
                } while token != nil
                repeat {
                    guard hasLinks else { break }
                    let page = try await engine.linkChanges(
                        session: session, filter, pageSize: Self.pageSize, continuationToken: token)
                    try await writer.write(ByteBuffer(string: page.items.map(format.line).joined()))
                    token = page.continuationToken
                } while token != nil
                try await writer.finish(nil)
            })
    }
}

extension Character {
    fileprivate var isSafeInFileName: Bool { isASCII && (isLetter || isNumber || self == "-") }
}
