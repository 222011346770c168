import Glibc

/// Reports progress and asks whether to go on, both at most ten times a second.
final class Watch {
    private let preparation: Preparation
    private let bytesTotal: Int
    private var last: UInt64
    private let start: UInt64

    init(_ preparation: Preparation, bytesTotal: Int) {
        self.preparation = preparation
        self.bytesTotal = bytesTotal
        start = Self.nanoseconds()
        last = start
    }

    static func nanoseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    var seconds: Double { Double(Self.nanoseconds() - start) / 1e9 }

    func tick(_ phase: Progress.Phase, rows: Int, bytesRead: Int) throws(DeltaError) {
        let now = Self.nanoseconds()
        guard now - last >= 100_000_000 else { return }
        last = now
        preparation.progress?(Progress(phase: phase, rows: rows, bytesRead: bytesRead, bytesTotal: bytesTotal))
        try check()
    }

    func check() throws(DeltaError) {
        if preparation.isCancelled?() == true || Task.isCancelled {
            throw DeltaError(.cancelled, path: preparation.input, "cancelled; nothing was written")
        }
    }
}
