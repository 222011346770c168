import Delta
import Foundation
import Testing

@testable import Agent

struct OffloadedTests {
    @Test func `a preparation ends when its caller is cancelled, and writes nothing`() async throws {
        let folder = TemporaryFolder()
        let input = "\(folder.path)/in.csv"
        try Folders.write(Data("id\n1\n2\n".utf8), to: input)
        let preparation = Preparation(
            name: "T", input: input, columns: [Column(name: "id", source: "id")], outputDirectory: folder.path)
        let cancelled = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await offloaded(preparation)
        }
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        #expect(Folders.names(in: folder.path) == ["in.csv"])
        #expect(try await offloaded(preparation).kept == 2)
    }
}
