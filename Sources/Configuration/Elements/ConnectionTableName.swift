/// The name of a CSV file, as mappings write it.
enum ConnectionTableName {
    /// Without `.csv`, which may be written (REFERENCE §4).
    static func canonical(_ name: String) -> String {
        name.lowercased().hasSuffix(".csv") ? String(name.dropLast(4)) : name
    }
}
