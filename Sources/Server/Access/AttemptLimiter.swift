import API
import Foundation

/// Counts failed attempts, per name and address and per address alone, within the last minute (DESIGN §9).
///
/// The name alone is not counted: somebody else's failures must not lock a client out.
actor AttemptLimiter {
    static let window: TimeInterval = 60

    private let perNameAndAddress: Int
    private let perAddress: Int
    private let clock: @Sendable () -> Date
    private var failures: [Key: [Date]] = [:]

    private struct Key: Hashable {
        var name: String?
        var address: String
    }

    init(perNameAndAddress: Int = 10, perAddress: Int = 100, clock: @escaping @Sendable () -> Date) {
        self.perNameAndAddress = perNameAndAddress
        self.perAddress = perAddress
        self.clock = clock
    }

    /// Throws `too-many-attempts` while too many have failed.
    func check(name: String, address: String) throws {
        let now = clock()
        for (key, limit) in [
            (Key(name: name, address: address), perNameAndAddress), (Key(name: nil, address: address), perAddress),
        ] {
            let recent = recentFailures(key, now)
            guard recent.count >= limit, let oldest = recent.first else { continue }
            let seconds = Int((Self.window - now.timeIntervalSince(oldest)).rounded(.up))
            throw ServerError(
                .tooManyAttempts, "Too many failed attempts; try again in \(seconds) s.",
                retryAfterSeconds: max(seconds, 1))
        }
    }

    func failed(name: String, address: String) {
        let now = clock()
        // Names are the caller's to choose: what is old is forgotten before the table grows.
        if failures.count > 10_000 { failures = failures.filter { !recentFailures($0.key, now).isEmpty } }
        failures[Key(name: name, address: address), default: []].append(now)
        failures[Key(name: nil, address: address), default: []].append(now)
    }

    func succeeded(name: String, address: String) {
        failures[Key(name: name, address: address)] = nil
    }

    private func recentFailures(_ key: Key, _ now: Date) -> [Date] {
        let recent = (failures[key] ?? []).filter { now.timeIntervalSince($0) < Self.window }
        if failures[key] != nil { failures[key] = recent.isEmpty ? nil : recent }
        return recent
    }
}
