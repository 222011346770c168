import Foundation

/// The calls of an exchange (DESIGN §6).
extension APIClient {
    private static var root: String { "/api/Connectors/SynchronizeSession/Verification" }

    /// Reads all that is stored of a connector; with millions of rows that takes a while.
    package func recompute(_ request: RecomputeContent) async throws -> RecomputedContent {
        try await send("POST", Self.root, request, timeout: .seconds(3600))
    }

    /// 64 KiB.
    package func buckets(_ request: ContentBuckets) async throws -> [UInt8] {
        let body = try JSONCoding.encoder().encode(request)
        return Array(
            try await call("POST", Self.root + "/Buckets", body: .json(body), timeout: .seconds(60)).body)
    }

    /// Writes the rows to `path`; the number of bytes.
    package func rows(_ request: ContentRows, to path: String) async throws -> Int {
        let body = try JSONCoding.encoder().encode(request)
        return try await call(
            "POST", Self.root + "/Rows", body: .json(body), timeout: .seconds(3600), answerFile: path
        ).byteCount
    }

    package func record(_ result: VerificationResult) async throws -> Verification {
        try await send("POST", Self.root + "/Result", result)
    }
}
