/// How far a preparation is; reported a few times a second at most.
package struct Progress: Sendable, Equatable {
    package enum Phase: String, Sendable, Equatable { case reading, comparing }

    package var phase: Phase
    /// While reading: rows of the input read; while comparing: rows of the new image written.
    package var rows: Int
    /// Bytes of the input read so far, and in all.
    package var bytesRead: Int
    package var bytesTotal: Int

    package init(phase: Phase, rows: Int, bytesRead: Int, bytesTotal: Int) {
        self.phase = phase
        self.rows = rows
        self.bytesRead = bytesRead
        self.bytesTotal = bytesTotal
    }
}
