import Delta

extension Content {
    /// As an agent computes them from its image.
    var roots: [String: String] { digests.mapValues(\.root) }

    var digests: [String: Digest] {
        var digests: [String: Digest] = [:]
        for (mapping, columns) in Self.columns {
            var hasher = RowHasher(columns: columns)
            var digest = Digest()
            for row in file(mapping).dropFirst() {
                digest.toggle(hasher.hash(row), bucket: Digest.bucket(of: row[0]))
            }
            digests[mapping] = digest
        }
        for association in Self.associations {
            var hasher = RowHasher(association: association)
            var digest = Digest()
            for row in file(association).dropFirst() {
                digest.toggle(hasher.hash(row), bucket: Digest.bucket(ofLink: row[0], row[1]))
            }
            digests[association] = digest
        }
        return digests
    }
}
