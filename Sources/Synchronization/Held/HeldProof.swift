internal import API
internal import Delta
internal import Storage

/// The digests that the agent sealed, from those of what is stored: with the held changes, which it sent and which were
/// not applied.
struct HeldProof {
    let resources: [ResourceChangeSet]
    let links: [LinkChangeSet]
    let transaction: any Transaction

    /// After the apply: the roots as they would be with the held sets applied too.
    ///
    /// - Parameter stored: the roots of what is stored, kept in this transaction.
    func roots(with held: [HeldSet], stored: [String: String]) throws -> [String: String] {
        var roots = stored
        for changes in resources {
            let digest = StoredDigest(changes.plan, try kept(changes.plan.type))
            var isChanged = false
            for set in held where set.mapping == changes.plan.type {
                let held = ResourceChangeSet(plan: changes.plan, session: set.id, transaction: transaction)
                for operation in ["update", "delete"] {
                    try transaction.forEachRowOfBytes(held.storedRows(of: operation), digest.toggle)
                }
                try transaction.forEachRowOfBytes(held.newRows, digest.toggle)
                isChanged = true
            }
            if isChanged { roots[changes.plan.type] = digest.digest.root }
        }
        for changes in links {
            let digest = StoredDigest(changes.plan, try kept(changes.plan.mapping))
            for set in held {
                let held = LinkChangeSet(plan: changes.plan, session: set.id, transaction: transaction)
                try transaction.forEachRowOfBytes(held.pairs, digest.toggle)
            }
            roots[changes.plan.mapping] = digest.digest.root
        }
        return roots
    }

    private func kept(_ mapping: String) throws -> Digest {
        try DigestStore(transaction: transaction).digest(of: mapping) ?? Digest()
    }
}
