import Foundation

/// A time on a page: a script shows it in the viewer's zone, the ISO time is its title.
struct Moment: Sendable, Equatable {
    var iso: String
    var text: String

    init(_ date: Date) {
        iso = date.formatted(Date.ISO8601FormatStyle())
        let parts = iso.split(separator: "T")
        text = parts.count == 2 ? "\(parts[0]) \(parts[1].prefix(8)) UTC" : iso
    }

    /// The HTML of a moment that is the context.
    static let html = #"<time datetime="{{iso}}" title="{{iso}}">{{text}}</time>"#

    /// The same, shown as the time of day alone.
    static let clockHTML = #"<time datetime="{{iso}}" title="{{iso}}" data-clock>{{text}}</time>"#

    /// `0.4 s`, `42 s`, `3 min 5 s`, `2 h 10 min`.
    static func duration(from start: Date, to end: Date) -> String {
        let tenths = Int((end.timeIntervalSince(start) * 10).rounded())
        if (0..<100).contains(tenths) { return "\(tenths / 10).\(tenths % 10) s" }
        let seconds = max(0, Int(end.timeIntervalSince(start).rounded()))
        if seconds < 60 { return "\(seconds) s" }
        if seconds < 3600 { return "\(seconds / 60) min \(seconds % 60) s" }
        return "\(seconds / 3600) h \(seconds % 3600 / 60) min"
    }
}

extension Int {
    /// With a comma between thousands: `12,300`.
    var grouped: String {
        var digits = String(magnitude)
        var groups: [String] = []
        while digits.count > 3 {
            groups.insert(String(digits.suffix(3)), at: 0)
            digits.removeLast(3)
        }
        return (self < 0 ? "−" : "") + ([digits] + groups).joined(separator: ",")
    }
}
