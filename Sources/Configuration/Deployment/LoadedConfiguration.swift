/// A configuration folder, read, validated, and with its scaffoldings carried out.
package struct LoadedConfiguration: Sendable {
    /// Every item of the folder and of its scaffoldings, sorted; empty where a problem is an error.
    package var items: [DeployedItem]
    /// nil where a problem is an error.
    package var model: Model?
    /// All problems of all files, by file and line.
    package var problems: [Problem]

    package var errors: [Problem] { problems.filter { $0.severity == .error } }
    package var notices: [Problem] { problems.filter { $0.severity == .notice } }
}
