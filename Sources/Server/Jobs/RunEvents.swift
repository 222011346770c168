import API
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle

/// Server-sent events of a run (HTML Standard §9.2): `live` brings the changing part of the page, `state` says that the
/// state changed and the page is to be loaded again.
struct RunEvents: Sendable {
    struct Snapshot: Sendable, Equatable {
        var state: RunState
        var html: String
    }

    let signal: ChangeSignal
    /// Not more often than this.
    static let spacing: Duration = .milliseconds(250)
    /// A stream ends after this many rounds of a second at most; the browser comes back and shows who it is again.
    static let rounds = 600

    func response(_ snapshot: @escaping @Sendable () async throws -> Snapshot) -> Response {
        var headers = Response.pageHeaders
        headers[.contentType] = "text/event-stream"
        headers[.cacheControl] = "no-store"
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody { writer in
                var last: Snapshot?
                for _ in 0..<Self.rounds {
                    let seen = last
                    let current = try await signal.wait(upTo: .seconds(1)) { () -> Snapshot? in
                        let current = try await snapshot()
                        return current == seen ? nil : current
                    }
                    if let current {
                        try await writer.write(ByteBuffer(string: Self.text(current, after: last)))
                        last = current
                        if current.state.isFinal { break }
                    } else {
                        // A comment: notices that the browser has gone, and keeps proxies from closing.
                        try await writer.write(ByteBuffer(string: ": \n\n"))
                    }
                    if Task.isShuttingDownGracefully { break }
                    try await Task.sleep(for: Self.spacing)
                }
                try await writer.finish(nil)
            })
    }

    static func text(_ snapshot: Snapshot, after last: Snapshot?) -> String {
        var text = ""
        if snapshot.html != last?.html {
            let lines = snapshot.html.split(separator: "\n", omittingEmptySubsequences: false)
            text += "event: live\n" + lines.map { "data: \($0)\n" }.joined() + "\n"
        }
        if snapshot.state != last?.state {
            text += "event: state\ndata: \(snapshot.state.rawValue)\n\n"
        }
        return text
    }
}
