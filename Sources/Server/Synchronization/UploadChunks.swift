import Hummingbird
import NIOCore

/// A request's body as the engine takes it: bytes as they arrive, nothing kept.
struct UploadChunks: AsyncSequence, Sendable {
    let body: RequestBody

    struct AsyncIterator: AsyncIteratorProtocol {
        var buffers: RequestBody.AsyncIterator

        @concurrent mutating func next() async throws -> [UInt8]? {
            try await buffers.next().map { Array(buffer: $0) }
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(buffers: body.makeAsyncIterator()) }
}
