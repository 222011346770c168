import ArgumentParser
import Storage

/// Which database. Without the option: `ConnectionString` of the settings, and then `sqlite:weir.db`.
struct DatabaseOptions: ParsableArguments {
    @Option(
        name: .customLong("database-connection-string"),
        help: "The database, for instance sqlite:weir.db; replaces ConnectionString.")
    var connectionString: String?

    func connectionString(_ context: ToolContext) -> String {
        connectionString ?? context.settings.connectionString
    }

    /// The database, brought to this version's schema under a lock; a newer schema is refused.
    func migratedDatabase(_ context: ToolContext) async throws -> any Database {
        let database = try openDatabase(connectionString(context))
        _ = try await Migrator.migrate(database)
        return database
    }
}
