/// Rewrites an image so that given keys have the rows of an older image: what a held change leaves as it was (DESIGN
/// §8). A key that the older image lacks is taken out.
///
/// - Parameters:
///   - keys: values of the key columns, one array a row.
///   - previous: the older image; nil: none.
///   - path: the image to rewrite; replaced when all is done. Its columns decide.
///   - keyColumns: names of the key columns; one for entries, two for pairs.
/// - Returns: the rewritten file, and its digest where `digest` says how rows are hashed.
@discardableResult
package func carry(
    keys: Set<[String]>, from previous: String?, into path: String, keyColumns: [String], association: String? = nil,
    digests: Bool = false, checksum: Bool = false, durable: Bool = true
) throws(DeltaError) -> (file: PreparationResult.File, digest: Digest?) {
    let names = try CSVReader(path: path).columns
    let places = keyColumns.compactMap(names.firstIndex(of:))
    guard places.count == keyColumns.count else {
        throw DeltaError(
            .previousCorrupt, path: path, "the image has no key column \(keyColumns.joined(separator: ", "))")
    }
    let wanted = Set(keys.map { Array($0.joined(separator: "\0").utf8) })
    let current = try ImageReader(path: path, columns: names, keys: places)
    let old = try previous.map { (path) throws(DeltaError) in
        try ImageReader(path: path, columns: names, keys: places)
    }
    let output = try OutputFile(path: path, checksum: checksum)
    try output.writeHeader(names)
    var digester: RowDigester?
    if digests { digester = RowDigester(columns: names, association: association, keys: places) }

    func put(_ image: ImageReader) throws(DeltaError) {
        try output.write(image.text, image.textCount)
        output.rows += 1
        if let key = image.key.baseAddress?.assumingMemoryBound(to: UInt8.self) {
            digester?.add(image.text, image.textCount, key: key, image.key.count)
        }
    }
    while true {
        let hasCurrent = try current.load()
        var hasOld = try old?.load() ?? false
        // Of the older image only the wanted rows count.
        while hasOld, let old, !wanted.contains(Array(old.key)) {
            old.drop()
            hasOld = try old.load()
        }
        if hasCurrent, wanted.contains(Array(current.key)) {
            current.drop()
        } else if hasCurrent, let old, hasOld, old.key.lexicographicallyPrecedes(current.key) {
            try put(old)
            old.drop()
        } else if hasCurrent {
            try put(current)
            current.drop()
        } else if hasOld, let old {
            try put(old)
            old.drop()
        } else {
            break
        }
    }
    try OutputFile.commit([output], durable: durable)
    return (output.summary, digester?.digest)
}
