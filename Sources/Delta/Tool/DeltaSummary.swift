/// What `weir delta` prints. Its JSON has these names.
package struct DeltaSummary: Sendable, Codable, Equatable {
    package struct Digests: Sendable, Codable, Equatable {
        /// SHA-256, hex: equal roots, equal content.
        package var root: String
        /// 4,096 buckets of 128 bits, hex (DESIGN §6).
        package var buckets: [String]
    }

    package var rowsRead: Int
    package var kept: Int
    package var nullKeys: Int
    package var duplicates: Int
    package var rejected: Int
    package var carried: Int
    package var isChangeFeed: Bool
    package var inserted: Int
    package var updated: Int
    package var deleted: Int
    package var unchanged: Int
    package var seconds: Double
    /// Millions of bytes of the input a second.
    package var megabytesPerSecond: Double
    /// The most memory that the process held (RSS).
    package var peakMemoryBytes: Int
    package var files: [PreparationResult.File]
    package var digests: Digests?

    init(_ result: PreparationResult, peakMemory: Int) {
        rowsRead = result.rowsRead
        kept = result.kept
        nullKeys = result.nullKeys
        duplicates = result.duplicates
        rejected = result.rejected
        carried = result.carried
        isChangeFeed = result.isChangeFeed
        inserted = result.inserted
        updated = result.updated
        deleted = result.deleted
        unchanged = result.unchanged
        seconds = result.seconds
        megabytesPerSecond = Double(result.bytesRead) / 1e6 / max(result.seconds, 1e-6)
        peakMemoryBytes = peakMemory
        files = [
            result.sorted, result.delta, result.nullKeyRows, result.duplicateRows, result.rejectedRows,
            result.carriedRows,
        ].compactMap { $0 }
        digests = result.digest.map { digest in
            Digests(
                root: digest.root,
                buckets: digest.buckets.map { Self.hex($0.high) + Self.hex($0.low) })
        }
    }

    private static func hex(_ word: UInt64) -> String {
        let digits = String(word, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// Then the tool ends with a warning (DESIGN §12).
    package var hasRejectedRows: Bool { rejected > 0 }

    /// One line a number, names first.
    package var text: String {
        func number(_ value: Double, _ decimals: Int) -> String {
            let scale = decimals == 3 ? 1000.0 : 10.0
            let rounded = Int((value * scale).rounded())
            let fraction = String(rounded % Int(scale))
            return "\(rounded / Int(scale)).\(String(repeating: "0", count: decimals - fraction.count))\(fraction)"
        }
        var lines = [
            ("rows read", "\(rowsRead)"), ("kept", "\(kept)"), ("null keys", "\(nullKeys)"),
            ("duplicates", "\(duplicates)"), ("rejected", "\(rejected)"), ("carried", "\(carried)"),
            ("inserted", "\(inserted)"), ("updated", "\(updated)"), ("deleted", "\(deleted)"),
            ("unchanged", "\(unchanged)"), ("seconds", number(seconds, 3)),
            ("MB/s of input", number(megabytesPerSecond, 1)),
            ("peak memory", "\(number(Double(peakMemoryBytes) / 1e6, 1)) MB"),
        ]
        if let digests { lines.append(("digest", digests.root)) }
        let width = lines.map(\.0.count).max() ?? 0
        return lines.map { $0.0 + String(repeating: " ", count: width + 2 - $0.0.count) + $0.1 }
            .joined(separator: "\n")
    }
}
