/// From a folder of XML files to items and model, and back.
package enum ConfigurationFolder {
    /// Reads a folder of XML files. What is wrong is in `problems`; nothing is thrown.
    package static func load(_ path: String) -> LoadedConfiguration {
        let reader = ConfigurationReader.read(folder: path)
        return load(elements: reader.elements, readingProblems: reader.problems)
    }

    /// The same for elements that have been read.
    package static func load(elements: [Element], readingProblems: [Problem] = []) -> LoadedConfiguration {
        let structure = StructureCheck.check(elements)
        let scaffolded = ScaffoldingExpander.expand(structure.known)
        let all = structure.known + scaffolded.elements
        let built = ModelBuilder.build(all)
        let problems = Set(readingProblems + structure.problems + scaffolded.problems + built.problems).sorted()
        guard !problems.contains(where: { $0.severity == .error }) else {
            return LoadedConfiguration(items: [], model: nil, problems: problems)
        }
        return LoadedConfiguration(
            items: DeployedItem.items(of: all, model: built.model), model: built.model, problems: problems)
    }

    /// The elements of stored items.
    ///
    /// - Throws: a `Problem` where an item's XML is damaged.
    static func elements(of items: [DeployedItem]) throws -> [Element] {
        let text =
            "<ConfigurationFile xmlns=\"\(ConfigurationReader.namespace)\">"
            + items.map(\.xml).joined(separator: "\n") + "</ConfigurationFile>"
        return try XMLDocumentParser.parse([UInt8](text.utf8), file: "stored configuration").get().element.children
    }
}
