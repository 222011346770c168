/// Cleanses, sorts and compares one file (REFERENCE §11, DESIGN §5).
///
/// Blocks its thread while it works. Either all files stand under their final names when it returns, or it throws and
/// none was touched; only `<name>.rejected.csv` is also left when too many rows were rejected, so that somebody can look.
package func prepare(_ preparation: Preparation) throws(DeltaError) -> PreparationResult {
    let keyCounts = preparation.kind == .entries ? 1...2 : 2...2
    guard keyCounts.contains(preparation.keys.count), preparation.keys.allSatisfy(preparation.columns.indices.contains)
    else {
        throw DeltaError(
            .requestInvalid, path: preparation.input,
            "\(preparation.name) needs one key column to sort by, two for pairs")
    }
    let separator = preparation.format.separator
    guard separator != .quote, separator != .lineFeed, separator != .carriageReturn, separator < 0x80, separator > 0
    else {
        throw DeltaError(
            .requestInvalid, path: preparation.input, "the separator must be one ASCII character, no quote or line end")
    }
    return try PreparationRun(preparation).run()
}
