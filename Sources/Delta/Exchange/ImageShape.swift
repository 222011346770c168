/// What an image's rows are, as their `Preparation` said.
package struct ImageShape: Sendable, Equatable {
    package var columns: [String]
    /// Indices into `columns`: one for entries, two for pairs.
    package var keys: [Int]
    /// The association whose links are hashed; nil: the rows are entries.
    package var association: String?

    package init(columns: [String], keys: [Int], association: String?) {
        self.columns = columns
        self.keys = keys
        self.association = association
    }

    var digester: RowDigester { RowDigester(columns: columns, association: association, keys: keys) }

    /// Hashes an image anew (DESIGN §6).
    ///
    /// The file must be as it was written, which its SHA-256 tells: what is not canonical ends the process.
    package func digest(of path: String) throws(DeltaError) -> (digest: Digest, rows: Int) {
        let image = try ImageReader(path: path, columns: columns, keys: keys)
        let digester = digester
        var rows = 0
        while try image.load() {
            if let key = image.key.baseAddress?.assumingMemoryBound(to: UInt8.self) {
                digester.add(image.text, image.textCount, key: key, image.key.count)
            }
            rows += 1
            image.drop()
        }
        return (digester.digest, rows)
    }
}
