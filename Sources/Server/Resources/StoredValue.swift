import WeirConfiguration

/// A stored value as people read it (REFERENCE §3, stored formats).
enum StoredValue {
    static func text(_ stored: String, _ type: PropertyType) -> String {
        switch type {
        case .dateTime: date(stored) ?? stored
        case .bool: stored == "1" ? "Yes" : stored == "0" ? "No" : stored
        case .string, .bytes, .int32, .int64, .guid, .double, .binary, .byte, .int16, .foreignKey: stored
        }
    }

    /// `20260131093000` as `2026-01-31 09:30:00 UTC`, midnight as the day alone.
    private static func date(_ stored: String) -> String? {
        guard stored.utf8.count == 14, stored.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        func part(_ from: Int, _ length: Int) -> Substring { stored.dropFirst(from).prefix(length) }
        let day = "\(part(0, 4))-\(part(4, 2))-\(part(6, 2))"
        if stored.hasSuffix("000000") { return day }
        return "\(day) \(part(8, 2)):\(part(10, 2)):\(part(12, 2)) UTC"
    }
}
