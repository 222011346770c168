import ArgumentParser
import Foundation
import Server

/// Local users of the pages.
struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Local users of the pages.", subcommands: [Add.self])

    /// Adds a user with a generated password, or one from standard input.
    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Adds a user; prints a generated password, or reads one from standard input.")

        @Argument(help: "The name to sign in with.")
        var name: String

        @Option(help: "The profile that says what the user may do.")
        var profile: String

        @Flag(help: "Read the password from standard input, its first line.")
        var passwordStdin = false

        @Flag(help: "Give an existing user this profile and a new password.")
        var replace = false

        @OptionGroup var settings: SettingsOptions
        @OptionGroup var storage: DatabaseOptions

        func run() async throws {
            let context = try ToolContext(settings)
            let database = try await storage.migratedDatabase(context)
            let application = try ServerApplication(
                settings: context.settings.server, database: database, logger: Logs.logger("user", context.settings))
            var password = Passwords.generated()
            if passwordStdin {
                guard let line = readLine(strippingNewline: true), !line.isEmpty else {
                    throw Failure(.usage, "Standard input held no password; write it on the first line.")
                }
                password = line
            }
            try await application.users.add(
                name, profile: profile, password: password, replacing: replace, by: "tool \(NSUserName())")
            print(passwordStdin ? "User \(name) added" : "User \(name) added, password: \(password)")
        }
    }
}
