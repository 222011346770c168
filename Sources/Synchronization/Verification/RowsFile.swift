internal import API
internal import Delta
internal import Foundation
internal import Storage

/// The rows that an agent asked for, written down so that they can be sent at its pace. The file goes with this value.
package final class RowsFile: Sendable {
    package let path: String
    package let byteCount: Int

    init(path: String, byteCount: Int) {
        self.path = path
        self.byteCount = byteCount
    }

    deinit { unlink(path) }
}

/// Writes the rows of some buckets of one mapping.
struct RowsWriter {
    let buckets: Set<Int>
    let transaction: any Transaction

    /// - Parameter withValues: all fields instead of the key alone.
    func write(_ plan: ResourcePlan, withValues: Bool, to path: String) throws -> Int {
        let place = plan.keyPlace
        let shown = withValues ? Array(plan.fields.indices) : [place]
        let writer = try CSVWriter(path: path, header: ["hash"] + shown.map { plan.fields[$0].property })
        let digest = StoredDigest(plan)
        try transaction.forEachRowOfBytes(
            "\(sql: plan.rows(transaction.dialect)) ORDER BY \(identifier: plan.key.column)"
        ) { row in
            guard buckets.contains(digest.bucket(of: row)) else { return }
            let isUsable = plan.key.isUsable(row[place])
            // With values the rows are an image, which has none without key.
            if withValues, !isUsable { return }
            let values = shown.map { $0 == place && !isUsable ? "" : String(decoding: row[$0], as: UTF8.self) }
            try writer.write([digest.hash(row).hexadecimal] + values)
        }
        return try writer.close(durable: false).bytes
    }

    func write(_ plan: LinkPlan, to path: String) throws -> Int {
        let writer = try CSVWriter(path: path, header: ["hash", "Key1", "Key2"])
        let digest = StoredDigest(plan)
        try transaction.forEachRowOfBytes("\(sql: plan.pairs) ORDER BY Key1, Key2") { row in
            guard buckets.contains(digest.bucket(of: row)) else { return }
            try writer.write([digest.hash(row).hexadecimal] + digest.key(of: row))
        }
        return try writer.close(durable: false).bytes
    }
}
