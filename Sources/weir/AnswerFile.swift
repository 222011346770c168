import API
import Agent
import AsyncHTTPClient
import Foundation
import NIOCore
import NIOFoundationCompat

/// An answer that is written down as it comes: under its name only when all of it is there.
struct AnswerFile {
    let path: String

    func receive(_ body: HTTPClientResponse.Body) async throws -> Int {
        let partial = path + ".partial"
        let descriptor = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure() }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        defer { unlink(partial) }
        var count = 0
        for try await chunk in body {
            count += chunk.readableBytes
            do {
                try handle.write(contentsOf: Data(buffer: chunk))
            } catch {
                throw failure()
            }
        }
        try? handle.close()
        guard rename(partial, path) == 0 else { throw failure() }
        return count
    }

    private func failure() -> AgentError {
        AgentError(
            .storage, "\(path) cannot be written: \(String(cString: strerror(errno))). Free space, or its rights.")
    }
}
