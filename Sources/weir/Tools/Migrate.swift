import ArgumentParser
import Storage

/// Brings a database to this version's schema, and does only that.
struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Brings the database to this version's schema.")

    @OptionGroup var settings: SettingsOptions
    @OptionGroup var storage: DatabaseOptions

    func run() async throws {
        let context = try ToolContext(settings)
        let database = try openDatabase(storage.connectionString(context))
        let applied = try await Migrator.migrate(database)
        print(applied.isEmpty ? "The database is up to date." : "Applied: \(applied.joined(separator: ", "))")
    }
}
