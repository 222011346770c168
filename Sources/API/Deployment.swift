/// `POST /api/Configuration/Deploy`: the folder's files, by relative path.
package struct DeployConfiguration: Sendable, Equatable, Codable {
    package var files: [ConfigurationFile]
    /// Prints the changes and writes nothing; then /Configuration/Query suffices: `POST /api/Configuration/Query/Plan`.
    package var simulateOnly: Bool
    package var forceCascadeDelete: Bool

    package init(files: [ConfigurationFile], simulateOnly: Bool, forceCascadeDelete: Bool) {
        self.files = files
        self.simulateOnly = simulateOnly
        self.forceCascadeDelete = forceCascadeDelete
    }
}

/// One XML file of a configuration folder.
package struct ConfigurationFile: Sendable, Equatable, Codable {
    /// Relative, with the folder's own name: `Conf/HR.xml`.
    package var path: String
    package var text: String

    package init(path: String, text: String) {
        self.path = path
        self.text = text
    }
}

/// What a deployment did, or would do.
package struct DeploymentReport: Sendable, Equatable, Codable {
    /// `insert EntityType "HR_Person"` …, in order.
    package var changes: [String]
    package var notices: [String]
    /// Why nothing was deployed; empty when it was.
    package var errors: [String]
    package var isApplied: Bool

    package init(changes: [String], notices: [String], errors: [String], isApplied: Bool) {
        self.changes = changes
        self.notices = notices
        self.errors = errors
        self.isApplied = isApplied
    }
}
