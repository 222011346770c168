/// What Weir knows of a connection package (REFERENCE §17).
package struct ConnectionPackage: Sendable, Equatable {
    /// Whether an export can know what changed by itself.
    package enum ChangeFeed: String, Sendable, Equatable {
        case always
        /// Only where the settings name a `PathIncremental`.
        case withIncrementalPath
        /// For users, not for groups.
        case usersOnly
        case byScript
        case never
    }

    /// `CSV` in `Usercube.CSV@0000001`.
    package var name: String
    /// What people call the kind of system.
    package var title: String
    package var changeFeed: ChangeFeed
    /// The folder of its connector; nil: not in this version, an export task ends in a clear error.
    package var connectorFolder: String?

    package var isAvailable: Bool { connectorFolder != nil }

    /// Whether scaffoldings give the package's tasks `Type="Changes"` (REFERENCE §6).
    package var alwaysKnowsItsChanges: Bool {
        switch changeFeed {
        case .always, .usersOnly: true
        case .withIncrementalPath, .byScript, .never: false
        }
    }

    /// The file names (without `.csv`) that a connection's export may write: `true` for the connection's own table.
    package func mayWrite(table: String, connection: String) -> Bool {
        table == connection || table.hasPrefix(connection + "_")
    }
}
