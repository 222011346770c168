import API
import Foundation

/// The XML files of a folder as they are sent to a server.
enum ConfigurationFiles {
    static func read(_ folder: String) throws -> [ConfigurationFile] {
        let name = URL(fileURLWithPath: folder).standardizedFileURL.lastPathComponent
        guard let paths = FileManager.default.enumerator(atPath: folder) else { return [] }
        return try paths.compactMap { $0 as? String }.filter { $0.lowercased().hasSuffix(".xml") }.sorted().map {
            path in
            let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(path)"))
            guard let text = String(bytes: data, encoding: .utf8) else {
                throw Failure(
                    .usage,
                    "\(name)/\(path) is not UTF-8; save it so, or deploy it where the database is (no --api-url).")
            }
            return ConfigurationFile(path: "\(name)/\(path)", text: text)
        }
    }
}
