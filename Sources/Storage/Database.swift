/// A database that the server keeps everything in.
package protocol Database: Sendable {
    var dialect: Dialect { get }

    /// Runs `body` on a consistent snapshot; what it writes is refused.
    func read<T: Sendable>(_ body: @Sendable (any Transaction) throws -> T) async throws -> T

    /// Runs `body` in one transaction, one after another: all of it is committed, or nothing when it throws or the
    /// calling task is cancelled.
    func write<T: Sendable>(_ body: @Sendable (any Transaction) throws -> T) async throws -> T

    /// Runs `body` with transactions that share temporary tables; these are gone when it ends.
    func withStaging<T: Sendable>(_ body: (any Staging) async throws -> T) async throws -> T
}

/// Transactions that see the same temporary tables.
package protocol Staging: Sendable {
    /// A name for a temporary table that nobody else uses.
    func table(_ name: String) -> SQL

    func write<T: Sendable>(_ body: @Sendable (any Transaction) throws -> T) async throws -> T
}
