import Foundation

/// The addresses of pages; names of the configuration are percent-encoded.
enum PagePath {
    static let home = "/"
    static let jobs = "/jobs"
    static let quarantine = "/quarantine"

    static func job(_ identifier: String) -> String { "/jobs/" + segment(identifier) }
    static func run(_ instance: String) -> String { "/runs/" + segment(instance) }
    static func log(_ task: String, run: String) -> String { self.run(run) + "/log/" + segment(task) }
    static func review(_ session: String) -> String { "/sessions/" + segment(session) }
    static func quarantine(_ connector: String) -> String { quarantine + "/" + segment(connector) }
    static func resources(_ entityType: String) -> String { "/resources/" + segment(entityType) }
    static func resource(_ id: Int, of entityType: String) -> String { resources(entityType) + "/\(id)" }

    /// One part of a path or value of a query: only unreserved characters stay (RFC 3986 §2.3).
    static func segment(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }

    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
}
