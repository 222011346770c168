import API
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import WeirConfiguration
import WeirSynchronization

/// The exchange of DESIGN §6: what is stored is computed anew, and compared by an agent bucket by bucket. Everything
/// needs the connector's lease, and /Connectors/SynchronizeSession alone.
struct VerificationFeature: Sendable {
    let engine: SynchronizationEngine

    private static let permission = SessionFeature.root + "/Verification"
    private static let path = "/api" + permission

    var routes: [Route] {
        [
            .sending(
                .post, Self.path, needs: Self.permission,
                "Computes a connector's digests anew from what is stored, and keeps what is found."
            ) { (call, request: RecomputeContent) -> RecomputedContent? in
                _ = try call.model.requiredConnector(request.connector)
                return try await engine.recompute(request, in: call.model)
            },
            Route(
                .post, Self.path + "/Buckets", needs: Self.permission + "/Buckets",
                "The kept digest of a mapping: 4,096 times 128 bits, big-endian.",
                body: .json(ContentBuckets.self), answer: .bytes
            ) { call in
                let request = try await call.body(ContentBuckets.self, upTo: 64 * 1024)
                _ = try call.model.requiredConnector(request.connector)
                let bytes = try await engine.buckets(request, in: call.model)
                return Response(
                    status: .ok, headers: [.contentType: "application/octet-stream", .cacheControl: "no-store"],
                    body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
            },
            Route(
                .post, Self.path + "/Rows", needs: Self.permission + "/Rows",
                "Hash and key of the stored rows of some buckets, in the order of their keys.",
                body: .json(ContentRows.self), answer: .csv
            ) { call in
                let request = try await call.body(ContentRows.self, upTo: 64 * 1024)
                _ = try call.model.requiredConnector(request.connector)
                return try Self.response(await engine.rows(request, in: call.model))
            },
            .sending(
                .post, Self.path + "/Result", needs: Self.permission + "/Result", "Keeps what a comparison found."
            ) { (call, request: VerificationResult) -> Verification? in
                _ = try call.model.requiredConnector(request.connector)
                return try await engine.record(request, in: call.model)
            },
        ]
    }

    private static let chunk = 256 * 1024

    /// Streams the file at the agent's pace; it goes when the answer does.
    private static func response(_ rows: RowsFile) throws -> Response {
        guard let handle = FileHandle(forReadingAtPath: rows.path) else {
            throw ServerError(.internal, "The rows could not be read again; check WorkFolderPath and its rights.")
        }
        return Response(
            status: .ok, headers: [.contentType: "text/csv; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(contentLength: rows.byteCount) { writer in
                while let data = try handle.read(upToCount: chunk), !data.isEmpty {
                    try await writer.write(ByteBuffer(bytes: data))
                }
                try await writer.finish(nil)
                withExtendedLifetime(rows) {}
            })
    }
}
