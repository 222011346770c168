import API
import ArgumentParser
import Foundation

/// `Usercube-Export-Configuration`: writes the deployed configuration back as XML (REFERENCE §2, §15).
struct ExportConfiguration: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export-configuration", abstract: "Writes the deployed configuration as XML files.")

    @Option(
        name: [.customShort("d"), .customLong("configuration-directory")],
        help: "The folder to write to; files of the same names are replaced.")
    var directory: String

    @Flag(help: "Also write what the scaffoldings generated, for reading; a deployment skips these files.")
    var exportScaffolding = false

    @OptionGroup var api: APIOptions
    @OptionGroup var settings: SettingsOptions

    func run() async throws {
        let files = try await ToolContext(settings).client(api).configuration(scaffolding: exportScaffolding)
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        for file in files {
            let name = file.path.split(separator: "/").last.map(String.init) ?? file.path
            do {
                try Data(file.text.utf8).write(to: URL(fileURLWithPath: "\(directory)/\(name)"), options: .atomic)
            } catch {
                throw Failure(.failed, "\(directory)/\(name) cannot be written: \(error.localizedDescription)")
            }
            print("\(directory)/\(name)")
        }
    }
}
