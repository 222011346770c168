import GRDB
import GRDBSQLite
import Storage
import Synchronization
import Testing

@testable import Storage

/// Counts the instructions that SQLite's virtual machine executes on the connection that writes: the work of a
/// statement, however fast the machine is.
final class InstructionCounter: Sendable {
    private let counted = Atomic<Int>(0)
    private static let step = 100

    init(_ database: any Storage.Database) throws {
        let database = try #require(database as? SQLiteDatabase)
        // Never released: nobody knows when the connection, which calls it, is closed.
        let context = Unmanaged.passRetained(self).toOpaque()
        database.pool.writeWithoutTransaction { db in
            sqlite3_progress_handler(
                db.sqliteConnection, CInt(Self.step),
                { context in
                    guard let context else { return 0 }
                    let counter = Unmanaged<InstructionCounter>.fromOpaque(context).takeUnretainedValue()
                    counter.counted.add(InstructionCounter.step, ordering: .relaxed)
                    return 0
                }, context)
        }
    }

    /// To the next hundred of each statement.
    var count: Int { counted.load(ordering: .relaxed) }

    func reset() { counted.store(0, ordering: .relaxed) }
}
