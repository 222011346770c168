extension ConfigurationFolder {
    /// The configuration as XML files, one a kind of element. Deploying them again changes nothing.
    ///
    /// With `scaffolding`, also what the scaffoldings generated, in `*.generated.xml`: for reading, a deployment leaves
    /// these files out.
    package static func export(_ items: [DeployedItem], scaffolding: Bool) -> [ExportedFile] {
        func files(_ origin: DeployedItem.Origin, _ suffix: String) -> [ExportedFile] {
            Dictionary(grouping: items.filter { $0.origin == origin }, by: \.kind).map { kind, items in
                ExportedFile(name: kind + suffix, text: file(items.sorted { $0.key < $1.key }.map(\.xml)))
            }
        }
        let written = files(.written, ".xml")
        let generated = scaffolding ? files(.scaffolded, ConfigurationReader.generatedSuffix) : []
        return (written + generated).sorted { $0.name < $1.name }
    }

    private static func file(_ texts: [String]) -> String {
        let body = texts.map { text in
            text.split(separator: "\n", omittingEmptySubsequences: false).map { "  \($0)" }.joined(separator: "\n")
        }
        return
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<ConfigurationFile xmlns=\"\(ConfigurationReader.namespace)\">\n"
            + body.joined(separator: "\n") + "\n</ConfigurationFile>\n"
    }
}
