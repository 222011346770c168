internal import Delta
internal import Storage

/// The digests of a connector's content through one apply: computed from the stored values, never from what was sent.
///
/// After a few changes they cost what the changes cost: the rows that change leave with the values that are stored
/// before, and enter with those that are stored after. After everything was sent, and where no digest is kept, all
/// rows are read.
final class ContentDigests {
    private let resources: [ResourceChangeSet]
    private let links: [LinkChangeSet]
    /// Mappings whose digests are computed from all rows.
    private let anew: Set<String>
    private let transaction: any Transaction
    private var store: DigestStore { DigestStore(transaction: transaction) }
    private var kept: [String: Digest] = [:]
    private var changing: [String: StoredDigest] = [:]
    /// Roots of mappings that do not change.
    private var unchanged: [String: String] = [:]

    init(
        resources: [ResourceChangeSet], links: [LinkChangeSet], anew: Set<String>, _ transaction: any Transaction
    ) {
        self.resources = resources
        self.links = links
        self.anew = anew
        self.transaction = transaction
    }

    /// Before the apply: takes out the rows that change or go.
    func leave() throws {
        unchanged = try rootsOfUnchanged()
        for changes in resources where isChanging(changes.plan.type) {
            guard let digest = try store.digest(of: changes.plan.type) else { continue }
            kept[changes.plan.type] = digest
            let changing = StoredDigest(changes.plan, digest)
            for operation in ["update", "delete"] {
                try transaction.forEachRowOfBytes(changes.storedRows(of: operation), changing.toggle)
            }
            self.changing[changes.plan.type] = changing
        }
        for changes in links where isChanging(changes.plan.mapping) {
            guard let digest = try store.digest(of: changes.plan.mapping) else { continue }
            kept[changes.plan.mapping] = digest
            let changing = StoredDigest(changes.plan, digest)
            try transaction.forEachRowOfBytes(changes.storedPairs(of: "delete"), changing.toggle)
            self.changing[changes.plan.mapping] = changing
        }
    }

    private func isChanging(_ mapping: String) -> Bool { !anew.contains(mapping) && unchanged[mapping] == nil }

    private func rootsOfUnchanged() throws -> [String: String] {
        let changing =
            try resources.filter { try $0.hasChanges() }.map(\.plan.type)
            + links.filter { try $0.hasChanges() }.map(\.plan.mapping)
        let roots = try store.roots(of: resources.map(\.plan.type) + links.map(\.plan.mapping))
        return roots.filter { !anew.contains($0.key) && !changing.contains($0.key) }
    }

    /// After the apply: puts in the rows that came or changed, and keeps the digests.
    ///
    /// - Returns: the roots by mapping.
    func enter() throws -> [String: String] {
        var roots = unchanged
        for changes in resources where roots[changes.plan.type] == nil {
            let mapping = changes.plan.type
            if let changing = changing[mapping] {
                for operation in ["update", "insert"] {
                    try transaction.forEachRowOfBytes(changes.storedRows(of: operation), changing.toggle)
                }
                roots[mapping] = try store.keep(changing.digest, of: mapping, instead: kept[mapping])
            } else {
                let digest = try changes.plan.digest(transaction)
                roots[mapping] = try store.keep(digest, of: mapping, instead: store.digest(of: mapping))
            }
        }
        for changes in links where roots[changes.plan.mapping] == nil {
            let mapping = changes.plan.mapping
            if let changing = changing[mapping] {
                try transaction.forEachRowOfBytes(changes.storedPairs(of: "insert"), changing.toggle)
                roots[mapping] = try store.keep(changing.digest, of: mapping, instead: kept[mapping])
            } else {
                let digest = try changes.plan.digest(transaction)
                roots[mapping] = try store.keep(digest, of: mapping, instead: store.digest(of: mapping))
            }
        }
        return roots
    }
}

extension ResourcePlan {
    /// All stored rows of the type, values in the order of the fields.
    func rows(_ dialect: Dialect) -> SQL {
        let columns = fields.map { SQL(identifier: $0.column) }.joined()
        let index = dialect.indexed(by: Self.index(type, column: key.column))
        return "SELECT \(sql: columns) FROM UR_Resources\(sql: index) WHERE Type = \(literal: type)"
    }

    /// Computed from the stored values.
    func digest(_ transaction: any Transaction) throws -> Digest {
        let digest = StoredDigest(self)
        try transaction.forEachRowOfBytes(rows(transaction.dialect), digest.toggle)
        return digest.digest
    }
}

extension LinkPlan {
    var pairs: SQL { "SELECT Key1, Key2 FROM US_Pairs WHERE Mapping = \(mapping)" }

    func digest(_ transaction: any Transaction) throws -> Digest {
        let digest = StoredDigest(self)
        try transaction.forEachRowOfBytes(pairs, digest.toggle)
        return digest.digest
    }
}
