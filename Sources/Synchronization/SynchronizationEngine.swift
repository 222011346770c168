package import Foundation
package import Storage

/// The server's half of a synchronization. All state is in the database and in `filesDirectory`; a second engine on the
/// same two goes on where one was killed.
package struct SynchronizationEngine: Sendable {
    let database: any Database
    let files: SessionFiles
    let clock: @Sendable () -> Date
    let makeIdentifier: @Sendable () -> String
    let faults: @Sendable (StepPoint) throws -> Void
    let watch = SessionWatch()

    /// - Parameters:
    ///   - filesDirectory: `Work/Synchronization`; received files are kept there until their session ends.
    ///   - makeIdentifier: a GUID for a new session.
    ///   - faults: called at every step point; what it throws ends the step there, as if the process had died.
    package init(
        database: any Database, filesDirectory: String, clock: @escaping @Sendable () -> Date,
        makeIdentifier: @escaping @Sendable () -> String,
        faults: @escaping @Sendable (StepPoint) throws -> Void = { _ in }
    ) {
        self.database = database
        self.files = SessionFiles(directory: filesDirectory)
        self.clock = clock
        self.makeIdentifier = makeIdentifier
        self.faults = faults
    }
}
