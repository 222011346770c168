import API
import Foundation

/// What is set aside of one connector, over its mappings.
struct ConnectorQuarantine: Sendable, Equatable {
    var connector: String
    /// The tables with rejected rows, in a list.
    var tables: String
    var rejected: Int
    var listedRejected: Int
    var carried: Int
    var listedCarried: Int
    var since: Date?
    var seenAt: Date

    /// By connector; those with nothing set aside are left out.
    static func all(_ quarantines: [Quarantine]) -> [ConnectorQuarantine] {
        Dictionary(grouping: quarantines, by: \.connector).sorted { $0.key < $1.key }.compactMap { connector, found in
            guard let seenAt = found.map(\.seenAt).max() else { return nil }
            let tables = Set(found.filter { $0.rejected > 0 }.map(\.table)).sorted()
            return ConnectorQuarantine(
                connector: connector, tables: tables.joined(separator: ", "),
                rejected: found.reduce(0) { $0 + $1.rejected },
                listedRejected: found.reduce(0) { $0 + $1.listedRejected },
                carried: found.reduce(0) { $0 + $1.carried },
                listedCarried: found.reduce(0) { $0 + $1.listedCarried }, since: found.compactMap(\.since).min(),
                seenAt: seenAt)
        }
    }

    /// `1 rejected row; 3 resources and links are kept as of the last good run`
    var sentence: String {
        let rows = "\(rejected.grouped) rejected \(rejected == 1 ? "row" : "rows")"
        switch carried {
        case 0: return rows
        case 1: return rows + "; 1 resource or link is kept as of the last good run"
        case _: return rows + "; \(carried.grouped) resources and links are kept as of the last good run"
        }
    }

    /// nil: everything that was counted is listed.
    func cut(carried isCarried: Bool) -> String? {
        let (count, listed) = isCarried ? (carried, listedCarried) : (rejected, listedRejected)
        guard listed < count else { return nil }
        return isCarried
            ? "The first \(listed.grouped) of \(count.grouped) are listed."
            : "The first \(listed.grouped) of \(count.grouped) rows are listed; all of them are in Temp/Rejected of the agent."
    }
}

extension QuarantineListPage.Item {
    init(_ row: RejectedRow) {
        place = "\(row.file), line \(row.line.grouped)"
        offset = row.offset.grouped
        mapping = row.mapping
        reason = row.reason
        rowKey = row.key
        let isCut = row.raw.unicodeScalars.count < row.rawLength
        raw = isCut ? row.raw + "…" : row.raw
        whole = isCut ? "The row has \(row.rawLength.grouped) characters; the CSV file has them all." : nil
        first = Moment(row.firstSeenAt)
    }
}

extension QuarantineListPage.Carried {
    init(_ row: CarriedRow) {
        mapping = row.mapping
        key = row.key
        second = row.key2
        reason = row.reason
        since = Moment(row.since)
    }
}
